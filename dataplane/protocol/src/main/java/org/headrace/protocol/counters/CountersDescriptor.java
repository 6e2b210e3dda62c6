package org.headrace.protocol.counters;

import org.agrona.BitUtil;

/**
 * Layout of the counters file. All numbers are little-endian; every offset is a multiple of eight.
 *
 * <pre>
 *   0                                   header, 4096 bytes
 *   +-----------------------------------------------------------------+
 *   | magic 8 | version 4 | workers 4 | pid 8 | epoch 8 | start ms 8  |
 *   | generation 8 | heartbeat ms 8 | service slots 4 | server slots 4|
 *   | io: length 4, 60 bytes | interfaces: length 4, 1020 bytes       |
 *   +-----------------------------------------------------------------+
 *   | workers x 1024: 64 worker counters, 64 drop reasons             |
 *   +-----------------------------------------------------------------+
 *   | service slots x 256: who the service is, and what its removed   |
 *   |   servers had counted                                           |
 *   +-----------------------------------------------------------------+
 *   | server slots x 64: who the server is, weight, state             |
 *   +-----------------------------------------------------------------+
 *   | workers x server slots x 64: counters of the server             |
 *   +-----------------------------------------------------------------+
 *   | workers x 4096: histogram of cycle times                        |
 *   +-----------------------------------------------------------------+
 *   | limit slots x 256: sequence 8 | connections 4 | new per second 4|
 *   |   | name: length 4, 176 bytes; free if the length is 0          |
 *   +-----------------------------------------------------------------+
 *   | workers x (limit slots + 2) x 64: counters of the limit         |
 *   +-----------------------------------------------------------------+
 *
 *   service slot                             server slot
 *    0 state 4 | transport 1 | scheduler 1    0 state 4 | service slot 4
 *      | forwarding 1 | access mode 1         8 address high 8
 *    8 address high 8                        16 address low 8
 *   16 address low 8                         24 port 4 | weight 4
 *   24 port 4 | name length 4                32 health 4 | next hop resolved 4
 *   32 name 80                               40 sequence 8
 *  112 sequence 8
 *  120 retired counters, 8 x 8
 *  184 access prefixes 4
 * </pre>
 *
 * The writer of headers and slots is the conductor's thread, the writer of a worker's counters is that worker. A slot's
 * sequence is odd while the slot is being written; a reader that sees it odd or changed reads again.
 */
public final class CountersDescriptor
{
    /** Name of the file in the runtime directory. */
    public static final String FILE_NAME = "counters.dat";
    /** "HEADRACE" in ASCII, first byte lowest. */
    public static final long MAGIC = 0x4543_4152_4441_4548L;
    /** Layout version; a reader refuses any other. */
    public static final int VERSION = 3;
    /** Most services, those retained for their connections included. */
    public static final int SERVICE_SLOTS = 8_192;
    /** Most servers over all services, those retained for their connections included. */
    public static final int SERVER_SLOTS = 131_072;

    /** Most limits: one for each listener and each instance that has any. */
    public static final int LIMIT_SLOTS = 8_192;
    /** Most bytes of a limit's name. */
    public static final int LIMIT_NAME_MAX_LENGTH = 176;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int WORKERS_OFFSET = 12;
    static final int PID_OFFSET = 16;
    static final int EPOCH_OFFSET = 24;
    static final int START_MS_OFFSET = 32;
    static final int GENERATION_OFFSET = 40;
    static final int HEARTBEAT_MS_OFFSET = 48;
    static final int SERVICE_SLOTS_OFFSET = 56;
    static final int SERVER_SLOTS_OFFSET = 60;
    static final int IO_OFFSET = 64;
    static final int IO_MAX_LENGTH = 60;
    static final int INTERFACES_OFFSET = 128;
    static final int INTERFACES_MAX_LENGTH = 1020;
    static final int HEADER_LENGTH = 4096;

    static final int WORKER_LENGTH = (WorkerCounter.MAX_COUNTERS + DropReason.MAX_REASONS) * BitUtil.SIZE_OF_LONG;
    static final int DROPS_OFFSET = WorkerCounter.MAX_COUNTERS * BitUtil.SIZE_OF_LONG;

    static final int SERVICE_LENGTH = 256;
    static final int SERVICE_STATE_OFFSET = 0;
    static final int SERVICE_TRANSPORT_OFFSET = 4;
    static final int SERVICE_SCHEDULER_OFFSET = 5;
    static final int SERVICE_FORWARDING_OFFSET = 6;
    static final int SERVICE_ACCESS_MODE_OFFSET = 7;
    static final int SERVICE_ADDRESS_HIGH_OFFSET = 8;
    static final int SERVICE_ADDRESS_LOW_OFFSET = 16;
    static final int SERVICE_PORT_OFFSET = 24;
    static final int SERVICE_NAME_OFFSET = 28;
    /** Most bytes of a service's name, {@code instance/listener}. */
    public static final int SERVICE_NAME_MAX_LENGTH = 80;
    static final int SERVICE_SEQUENCE_OFFSET = 112;
    static final int SERVICE_RETIRED_OFFSET = 120;
    static final int SERVICE_ACCESS_PREFIXES_OFFSET = 184;

    static final int SERVER_LENGTH = 64;
    static final int SERVER_STATE_OFFSET = 0;
    static final int SERVER_SERVICE_OFFSET = 4;
    static final int SERVER_ADDRESS_HIGH_OFFSET = 8;
    static final int SERVER_ADDRESS_LOW_OFFSET = 16;
    static final int SERVER_PORT_OFFSET = 24;
    static final int SERVER_WEIGHT_OFFSET = 28;
    static final int SERVER_HEALTH_OFFSET = 32;
    static final int SERVER_RESOLVED_OFFSET = 36;
    static final int SERVER_SEQUENCE_OFFSET = 40;

    static final int LIMIT_LENGTH = 256;
    static final int LIMIT_SEQUENCE_OFFSET = 0;
    static final int LIMIT_CONNECTIONS_OFFSET = 8;
    static final int LIMIT_RATE_OFFSET = 12;
    static final int LIMIT_NAME_OFFSET = 16;
    /** Bytes of one limit's counters of one worker. */
    static final int LIMIT_COUNTERS_LENGTH = 64;
    /**
     * Bytes of all limits' counters of one worker. A line behind the limits' is for all of them together, and one more
     * keeps the workers a pair of lines apart: processors fetch lines in pairs.
     */
    static final int WORKER_LIMITS_LENGTH = (LIMIT_SLOTS + 2) * LIMIT_COUNTERS_LENGTH;

    /** Bytes of one server's counters of one worker. */
    static final int SERVER_COUNTERS_LENGTH = 64;

    static
    {
        check(WorkerCounter.values().length <= WorkerCounter.MAX_COUNTERS, "too many worker counters");
        check(DropReason.count() <= DropReason.MAX_REASONS, "too many drop reasons");
        check(LimitCounter.values().length * BitUtil.SIZE_OF_LONG <= LIMIT_COUNTERS_LENGTH, "limit counters");
        check(LIMIT_NAME_OFFSET + 4 + LIMIT_NAME_MAX_LENGTH <= LIMIT_LENGTH, "limit slot is too short");
        check(ServerCounter.values().length * BitUtil.SIZE_OF_LONG <= SERVER_COUNTERS_LENGTH, "server counters");
        check(SERVICE_RETIRED_OFFSET + SERVER_COUNTERS_LENGTH <= SERVICE_ACCESS_PREFIXES_OFFSET,
            "service slot is too short");
    }

    private CountersDescriptor()
    {
    }

    /**
     * @param workers number of workers.
     * @return length of the file in bytes.
     */
    public static int fileLength(final int workers)
    {
        return limitCountersOffset(workers, workers);
    }

    static int workerOffset(final int worker)
    {
        return HEADER_LENGTH + worker * WORKER_LENGTH;
    }

    static int serviceOffset(final int workers, final int slot)
    {
        return workerOffset(workers) + slot * SERVICE_LENGTH;
    }

    static int serverOffset(final int workers, final int slot)
    {
        return serviceOffset(workers, SERVICE_SLOTS) + slot * SERVER_LENGTH;
    }

    static int serverCountersOffset(final int workers, final int worker)
    {
        return serverOffset(workers, SERVER_SLOTS) + worker * SERVER_SLOTS * SERVER_COUNTERS_LENGTH;
    }

    static int cycleTimesOffset(final int workers, final int worker)
    {
        return serverCountersOffset(workers, workers) + worker * CycleTimesDescriptor.LENGTH;
    }

    static int limitOffset(final int workers, final int slot)
    {
        return cycleTimesOffset(workers, workers) + slot * LIMIT_LENGTH;
    }

    static int limitCountersOffset(final int workers, final int worker)
    {
        return limitOffset(workers, LIMIT_SLOTS) + worker * WORKER_LIMITS_LENGTH;
    }

    private static void check(final boolean isTrue, final String message)
    {
        if (!isTrue)
        {
            throw new ExceptionInInitializerError(message);
        }
    }
}
