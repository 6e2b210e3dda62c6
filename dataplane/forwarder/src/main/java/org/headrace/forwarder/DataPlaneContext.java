package org.headrace.forwarder;

import org.headrace.forwarder.linux.BootId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Configuration of the data plane, from {@code key=value} arguments.
 *
 * <p>Built by setters, completed and checked once by {@link #conclude}, and read-only from then on.
 */
public final class DataPlaneContext
{
    /** Runtime directory when none is given. */
    public static final String DIRECTORY_DEFAULT = "/dev/shm/headrace";
    /** Packet driver over AF_PACKET sockets. */
    public static final String IO_URING = "io_uring";
    /** Packet driver over AF_XDP sockets. */
    public static final String AF_XDP = "af_xdp";
    /** Packet driver when none is given. */
    public static final String IO_DEFAULT = IO_URING;
    /** Connections per worker when none are given. */
    public static final int CONNECTIONS_DEFAULT = 1 << 20;
    /** Fewest connections per worker. */
    public static final int MIN_CONNECTIONS = 1_024;
    /** Most connections per worker. */
    public static final int MAX_CONNECTIONS = 1 << 29;
    /** Templates of session persistence, for all workers, when none are given. */
    public static final int PERSISTENCE_ENTRIES_DEFAULT = 1 << 20;
    /** Fewest templates. */
    public static final int MIN_PERSISTENCE_ENTRIES = 1_024;
    /** Most templates. */
    public static final int MAX_PERSISTENCE_ENTRIES = 1 << 26;
    /** Most packets of a busy poll. */
    public static final int MAX_BUSY_POLL = 1_024;
    /** Most workers. */
    public static final int MAX_WORKERS = 64;

    private Path directory = Path.of(DIRECTORY_DEFAULT);
    private String io = IO_DEFAULT;
    private List<String> interfaces = List.of();
    private List<Integer> workers = List.of();
    private boolean busySpin;
    private boolean standby;
    private int connections = CONNECTIONS_DEFAULT;
    private int persistenceEntries = PERSISTENCE_ENTRIES_DEFAULT;
    private int busyPoll;
    private final long bootId = BootId.read();
    private boolean isConcluded;

    /**
     * @param arguments {@code directory= io= interfaces=a,b workers=1,2 idle=backoff|busy_spin standby=true|false
     *                  connections= persistence-entries= busy-poll=}.
     * @return a context, not yet concluded.
     * @throws IllegalArgumentException if an argument is unknown or makes no sense.
     */
    public static DataPlaneContext parse(final String... arguments)
    {
        final Map<String, String> values = new HashMap<>();
        for (final String argument : arguments)
        {
            final int equals = argument.indexOf('=');
            if (equals < 1)
            {
                throw new IllegalArgumentException("argument=" + argument + " is not KEY=VALUE");
            }
            if (values.put(argument.substring(0, equals), argument.substring(equals + 1)) != null)
            {
                throw new IllegalArgumentException("argument=" + argument + " is given twice");
            }
        }
        final DataPlaneContext context = new DataPlaneContext();
        values.forEach(context::set);
        return context;
    }

    /** @param path of the runtime directory. @return this. */
    public DataPlaneContext directory(final Path path)
    {
        directory = path;
        return this;
    }

    /** @param names of the interfaces. @return this. */
    public DataPlaneContext interfaces(final List<String> names)
    {
        interfaces = List.copyOf(names);
        return this;
    }

    /** @param cpus one worker each. @return this. */
    public DataPlaneContext workers(final List<Integer> cpus)
    {
        workers = List.copyOf(cpus);
        return this;
    }

    /** @param entries of the persistence table, for all workers. @return this. */
    public DataPlaneContext persistenceEntries(final int entries)
    {
        persistenceEntries = entries;
        return this;
    }

    /**
     * Fills defaults and checks everything.
     *
     * @param lastCpu CPU of the only worker when none is given.
     * @return this.
     */
    public DataPlaneContext conclude(final int lastCpu)
    {
        if (isConcluded)
        {
            throw new IllegalStateException("context is concluded already: " + this);
        }
        if (!IO_URING.equals(io) && !AF_XDP.equals(io))
        {
            throw new IllegalArgumentException("io=" + io + " (expected: io_uring or af_xdp)");
        }
        if (busyPoll < 0 || busyPoll > MAX_BUSY_POLL || busyPoll != 0 && !AF_XDP.equals(io))
        {
            throw new IllegalArgumentException("busy-poll=" + busyPoll + " io=" + io + " (expected: 0 to " +
                MAX_BUSY_POLL + " with io=af_xdp, else 0)");
        }
        if (interfaces.isEmpty())
        {
            throw new IllegalArgumentException("interfaces is empty (expected: at least one name)");
        }
        if (interfaces.stream().distinct().count() != interfaces.size())
        {
            throw new IllegalArgumentException("interfaces=" + interfaces + " names one twice");
        }
        if (workers.isEmpty())
        {
            workers = List.of(lastCpu);
        }
        if (workers.size() > MAX_WORKERS || workers.stream().distinct().count() != workers.size())
        {
            throw new IllegalArgumentException("workers=" + workers + " (expected: at most " + MAX_WORKERS +
                " different CPUs)");
        }
        if (connections < MIN_CONNECTIONS || connections > MAX_CONNECTIONS)
        {
            throw new IllegalArgumentException("connections=" + connections + " (expected: " + MIN_CONNECTIONS +
                " to " + MAX_CONNECTIONS + ")");
        }
        if (persistenceEntries < MIN_PERSISTENCE_ENTRIES || persistenceEntries > MAX_PERSISTENCE_ENTRIES)
        {
            throw new IllegalArgumentException("persistence-entries=" + persistenceEntries + " (expected: " +
                MIN_PERSISTENCE_ENTRIES + " to " + MAX_PERSISTENCE_ENTRIES + ")");
        }
        isConcluded = true;
        return this;
    }

    /** @return runtime directory. */
    public Path directory()
    {
        return directory;
    }

    /** @return packet driver. */
    public String io()
    {
        return io;
    }

    /** @return names of the interfaces. */
    public List<String> interfaces()
    {
        return interfaces;
    }

    /** @return CPU of each worker. */
    public List<Integer> workers()
    {
        return workers;
    }

    /** @return true if workers never wait. */
    public boolean busySpin()
    {
        return busySpin;
    }

    /** @return true if it waits for a directory that another data plane holds, to go on when that one ends. */
    public boolean standby()
    {
        return standby;
    }

    /** @return which start of the system this is: nothing of another one can be gone on with. */
    public long bootId()
    {
        return bootId;
    }

    /** @param newConnections per worker. @return this. */
    public DataPlaneContext connections(final int newConnections)
    {
        connections = newConnections;
        return this;
    }

    /** @return connections per worker. */
    public int connections()
    {
        return connections;
    }

    /** @return templates of session persistence, for all workers. */
    public int persistenceEntries()
    {
        return persistenceEntries;
    }

    /** @return packets that an AF_XDP worker takes from a device by itself at a time; 0 for interrupts. */
    public int busyPoll()
    {
        return busyPoll;
    }

    @Override
    public String toString()
    {
        return "directory=" + directory + " io=" + io + " interfaces=" + interfaces + " workers=" + workers +
            " idle=" + (busySpin ? "busy_spin" : "backoff") + " connections=" + connections +
            " persistence-entries=" + persistenceEntries + (busyPoll == 0 ? "" : " busy-poll=" + busyPoll);
    }

    private void set(final String key, final String value)
    {
        switch (key)
        {
            case "directory" -> directory = Path.of(value);
            case "io" -> io = value;
            case "interfaces" -> interfaces = words(value);
            case "workers" -> workers = words(value).stream().map(cpu -> number(key, cpu)).toList();
            case "idle" -> busySpin = isBusySpin(value);
            case "standby" -> standby = isTrue(key, value);
            case "connections" -> connections = number(key, value);
            case "persistence-entries" -> persistenceEntries = number(key, value);
            case "busy-poll" -> busyPoll = number(key, value);
            default -> throw new IllegalArgumentException("argument=" + key +
                " is unknown (expected: directory, io, interfaces, workers, idle, standby, connections, " +
                "persistence-entries, busy-poll)");
        }
    }

    private static boolean isTrue(final String key, final String value)
    {
        return switch (value)
        {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + "=" + value + " (expected: true or false)");
        };
    }

    private static boolean isBusySpin(final String value)
    {
        return switch (value)
        {
            case "backoff" -> false;
            case "busy_spin" -> true;
            default -> throw new IllegalArgumentException("idle=" + value + " (expected: backoff or busy_spin)");
        };
    }

    private static List<String> words(final String value)
    {
        return value.isEmpty() ? List.of() : new ArrayList<>(Arrays.asList(value.split(",")));
    }

    private static int number(final String key, final String value)
    {
        try
        {
            return Integer.parseInt(value);
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException(key + "=" + value + " is not a number", ex);
        }
    }
}
