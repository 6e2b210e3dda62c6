package org.headrace.forwarder.linux;

/**
 * Numbers of the system calls on this machine: {@code asm/unistd_64.h} for x86-64, {@code asm-generic/unistd.h} for
 * arm64. Calls younger than 5.1 have the same number everywhere.
 */
final class SyscallNumber
{
    private static final boolean IS_ARM64 = "aarch64".equals(System.getProperty("os.arch"));

    static final long READ = number(0, 63);
    static final long WRITE = number(1, 64);
    static final long CLOSE = number(3, 57);
    static final long MMAP = number(9, 222);
    static final long MUNMAP = number(11, 215);
    static final long IOCTL = number(16, 29);
    static final long MADVISE = number(28, 233);
    static final long SOCKET = number(41, 198);
    static final long SENDTO = number(44, 206);
    static final long RECVFROM = number(45, 207);
    static final long BIND = number(49, 200);
    static final long SETSOCKOPT = number(54, 208);
    static final long GETSOCKOPT = number(55, 209);
    static final long FTRUNCATE = number(77, 46);
    static final long MOUNT = number(165, 40);
    static final long UMOUNT2 = number(166, 39);
    static final long GETTID = number(186, 178);
    static final long SCHED_SETAFFINITY = number(203, 122);
    static final long SCHED_GETAFFINITY = number(204, 123);
    static final long OPENAT = number(257, 56);
    static final long PPOLL = number(271, 73);
    static final long FALLOCATE = number(285, 47);
    static final long EVENTFD2 = number(290, 19);
    static final long SETNS = number(308, 268);
    static final long BPF = number(321, 280);
    static final long IO_URING_SETUP = 425;
    static final long IO_URING_ENTER = 426;
    static final long IO_URING_REGISTER = 427;

    private SyscallNumber()
    {
    }

    private static long number(final int x86, final int arm64)
    {
        return IS_ARM64 ? arm64 : x86;
    }
}
