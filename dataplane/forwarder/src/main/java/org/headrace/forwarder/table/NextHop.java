package org.headrace.forwarder.table;

/**
 * Where a frame goes on the link: interface and MAC in one long, so that it changes in one store.
 *
 * <pre>
 *  63             48 47                                      0
 *  +----------------+----------------------------------------+
 *  | interface + 1  |            destination MAC             |
 *  +----------------+----------------------------------------+
 * </pre>
 *
 * The interface is the place in the list of the configuration.
 */
public final class NextHop
{
    /** No way is known. */
    public static final long UNRESOLVED = 0;
    /** Most interfaces. */
    public static final int MAX_INTERFACES = 1024;

    private static final int INTERFACE_SHIFT = 48;
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;

    private NextHop()
    {
    }

    /** @param place of the interface. @param mac destination MAC, low 48 bits. @return both in one. */
    public static long of(final int place, final long mac)
    {
        return (long)(place + 1) << INTERFACE_SHIFT | (mac & MAC_MASK);
    }

    /** @param nextHop resolved. @return place of the interface. */
    public static int place(final long nextHop)
    {
        return (int)(nextHop >>> INTERFACE_SHIFT) - 1;
    }

    /** @param nextHop resolved. @return destination MAC, low 48 bits. */
    public static long mac(final long nextHop)
    {
        return nextHop & MAC_MASK;
    }
}
