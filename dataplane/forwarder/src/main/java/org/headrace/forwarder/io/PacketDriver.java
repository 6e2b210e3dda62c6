package org.headrace.forwarder.io;

/**
 * One way of moving frames between the interfaces and the workers: opens one {@link PacketIo} per worker, and owns what
 * those share.
 *
 * <p>Order of calls: {@link #openNext} once for each worker, {@link #admit} once, and, when the last {@code PacketIo}
 * is closed, {@link #close}. Any time may pass between the first two: a process that stands by has opened its drivers,
 * and admits frames when its predecessor has ended.
 *
 * <p>All methods are called by one thread, the conductor's, in the network namespace of the interfaces.
 */
public interface PacketDriver extends AutoCloseable
{
    /**
     * Opens the driver of the next worker; to be called once for each, in the order of their numbers. The driver may be
     * used by another thread, which becomes its only one. It has its memory, but no frame comes before {@link #admit}.
     *
     * @return the driver.
     * @throws IllegalArgumentException if a setting is wrong, or an interface is down.
     */
    PacketIo openNext();

    /**
     * Lets the frames that the packet picker chooses come in, and opens the way back to the kernel; when all drivers
     * are opened and no other process uses the interfaces in the same way.
     */
    void admit();

    /**
     * @return why frames cannot be passed back to the kernel, as a host without TUN; empty if they can.
     */
    String passProblem();

    /** Closes what the drivers share; after the last of them has been closed. */
    @Override
    void close();
}
