package org.headrace.forwarder.io.uring;

/**
 * Numbers and layouts of {@code linux/io_uring.h}.
 *
 * <p>{@code struct io_uring_params} (120 bytes): sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle,
 * features, wq_fd, resv[3] (each u32), then {@code struct io_sqring_offsets} (head, tail, ring_mask, ring_entries,
 * flags, dropped, array, resv1 (u32), user_addr (u64)) and {@code struct io_cqring_offsets} (head, tail, ring_mask,
 * ring_entries, overflow, cqes, flags, resv1 (u32), user_addr (u64)).
 *
 * <p>{@code struct io_uring_sqe} (64 bytes):
 * <pre>
 *  0      1     2      4        8         16        24    28     32          40
 *  +------+-----+------+--------+---------+---------+-----+------+-----------+--------------------+
 *  |opcode|flags|ioprio|   fd   |   off   |  addr   | len |op fl.| user_data | unused here: zero  |
 *  +------+-----+------+--------+---------+---------+-----+------+-----------+--------------------+
 * </pre>
 * {@code struct io_uring_cqe} (16 bytes): user_data (u64), res (s32), flags (u32).
 */
final class IoUringDescriptor
{
    static final int PARAMS_BYTES = 120;
    static final int PARAMS_SQ_ENTRIES = 0;
    static final int PARAMS_CQ_ENTRIES = 4;
    static final int PARAMS_FLAGS = 8;
    static final int PARAMS_FEATURES = 20;
    static final int PARAMS_SQ_HEAD = 40;
    static final int PARAMS_SQ_TAIL = 44;
    static final int PARAMS_SQ_FLAGS = 56;
    static final int PARAMS_CQ_HEAD = 80;
    static final int PARAMS_CQ_TAIL = 84;
    static final int PARAMS_CQ_CQES = 100;

    static final int SQE_BYTES = 64;
    static final int SQE_OFF = 8;
    static final int SQE_ADDR = 16;
    static final int SQE_LEN = 24;
    static final int SQE_USER_DATA = 32;
    static final int CQE_BYTES = 16;
    static final int CQE_RES = 8;

    static final int SETUP_CQSIZE = 1 << 3;
    static final int SETUP_SUBMIT_ALL = 1 << 7;
    static final int SETUP_SINGLE_ISSUER = 1 << 12;
    static final int SETUP_DEFER_TASKRUN = 1 << 13;
    /** Since 6.6: the submission queue has no index array between ring and entries. */
    static final int SETUP_NO_SQARRAY = 1 << 16;
    static final int SETUP_FLAGS =
        SETUP_CQSIZE | SETUP_SUBMIT_ALL | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_NO_SQARRAY;

    static final int FEATURE_SINGLE_MMAP = 1;
    static final int FEATURE_EXT_ARG = 1 << 8;
    static final int FEATURE_CQE_SKIP = 1 << 11;

    static final long OFFSET_SQ_RING = 0;
    static final long OFFSET_SQES = 0x1000_0000L;

    static final int ENTER_GETEVENTS = 1;
    static final int ENTER_EXT_ARG = 1 << 3;
    static final int ENTER_REGISTERED_RING = 1 << 4;

    static final int REGISTER_FILES = 2;
    static final int REGISTER_RING_FDS = 20;
    static final int UNREGISTER_RING_FDS = 21;

    /** {@code struct io_uring_rsrc_update}: offset, resv (u32), data (u64). */
    static final int RSRC_UPDATE_BYTES = 16;
    static final int RSRC_UPDATE_DATA = 8;
    /** As offset: any free place. */
    static final int ANY_PLACE = -1;

    static final int OP_POLL_ADD = 6;
    static final int OP_SEND = 26;

    static final int SQE_FIXED_FILE = 1;
    static final int SQE_CQE_SKIP_SUCCESS = 1 << 6;

    /** {@code struct io_uring_getevents_arg}: sigmask (u64), sigmask_sz, min_wait_usec (u32), ts (u64). */
    static final int GETEVENTS_ARG_BYTES = 24;
    static final int GETEVENTS_ARG_TS = 16;
    /** {@code struct __kernel_timespec}: seconds, nanoseconds, 64 bits each. */
    static final int TIMESPEC_BYTES = 16;

    private IoUringDescriptor()
    {
    }
}
