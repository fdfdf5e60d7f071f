//! Frames of the socket.
