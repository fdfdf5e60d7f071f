# Becomes the first process of a machine: a view of this one's files that forgets what is written, and systemd.
# $1: folder of the machine; $2: user of the service; $3: folder of units; $4: where systemd finds units
set -eu
home=$1
root=$home/root
mount --make-rprivate /
mkdir -p "$root" "$home/over"
mount -t tmpfs -o mode=755 tmpfs "$home/over"
mkdir "$home/over/upper" "$home/over/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$home/over/upper,workdir=$home/over/work" "$root"
mount -t proc proc "$root/proc"
mount --bind -o ro "$root/proc/sys" "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/machine"
mount --bind "$home/shared" "$root/machine"
mkdir -p "$root/run/units" "$root/srv"
if [ "$4" = /run/units ]; then
    mkdir -p "$root/var/lib/rookery" "$root/etc/rookery"
else
    # Nothing of whoever uses this machine.
    rm -rf "$root/etc/systemd/system" "$root/etc/rookery" "$root/root/.ssh" "$root/var/log/journal"
    mkdir -p "$root/etc/systemd/system" "$root/var/log/journal"
    mkdir -m 700 "$root/root/.ssh"
fi
cp -r "$3/." "$root/run/units/"
echo "$2:x:23571:23571::/nonexistent:/usr/sbin/nologin" >>"$root/etc/passwd"
echo "$2:x:23571:" >>"$root/etc/group"
: >"$root/etc/machine-id"
hostname machine
# As where systemd is started by the kernel: what it mounts for a service, its credentials above all, is seen there.
mount --make-rshared "$root"
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=rookery \
    SYSTEMD_UNIT_PATH="$4" /lib/systemd/systemd --system --unit=machine.target \
    --log-target=console --log-level=notice --show-status=no
