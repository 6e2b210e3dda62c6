package org.headrace.perf.generate.link;

/**
 * Sends and receives whole Ethernet frames on one interface, many at a time. For one thread; nothing here waits.
 *
 * <p>To send: {@link #claim}, write the frame there, {@link #commit}, and {@link #flush} after the last of them.
 */
public interface FrameLink extends AutoCloseable
{
    /**
     * @param handler that each frame is given to; it must not keep the address.
     * @param limit   most frames.
     * @return how many there were.
     */
    int receive(FrameHandler handler, int limit);

    /** @param frames how many, at most 1024. @return true if so many can be claimed now. */
    boolean hasRoom(int frames);

    /** @return address to write the next frame to; 0 if there is no room. */
    long claim();

    /** @param lengthBytes of the frame at the address that was claimed last. */
    void commit(int lengthBytes);

    /** Sends what has been committed, as far as it goes; the rest with the next call. */
    void flush();

    /** @return frames lost before they could be received, since the link was opened. */
    long lost();

    @Override
    void close();
}
