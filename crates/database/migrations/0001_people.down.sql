drop table invitations;
drop table tokens;
drop table devices;
drop table members;
