package org.headrace.agent.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Section {@code dataplane}.
 *
 * @param directory          runtime directory: mapped tables, counters, Aeron, sockets.
 * @param io                 packet driver.
 * @param interfaces         where clients and servers are reached.
 * @param workers            CPU numbers, one worker each; empty for one worker on the last CPU.
 * @param idle               {@code backoff} or {@code busy_spin}.
 * @param connections        table size per worker.
 * @param persistenceEntries templates of session persistence for all workers.
 * @param standby            whether a second process stands by, to go on at once if the first one ends.
 * @param busyPoll           packets that an AF_XDP worker takes from a device by itself at a time; 0 for interrupts.
 */
public record DataPlaneConfig(
    Path directory,
    String io,
    List<String> interfaces,
    List<Integer> workers,
    String idle,
    int connections,
    int persistenceEntries,
    boolean standby,
    int busyPoll)
{
    /** Runtime directory if the file names none. */
    public static final Path DEFAULT_DIRECTORY = Path.of("/dev/shm/headrace");
    /** Table size per worker if the file names none. */
    public static final int DEFAULT_CONNECTIONS = 1_048_576;
    /** Templates of session persistence if the file does not say. */
    public static final int DEFAULT_PERSISTENCE_ENTRIES = 1_048_576;

    public DataPlaneConfig
    {
        interfaces = List.copyOf(interfaces);
        workers = List.copyOf(workers);
    }
}
