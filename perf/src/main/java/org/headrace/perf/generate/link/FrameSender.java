package org.headrace.perf.generate.link;

/**
 * Sends whole Ethernet frames on one interface, many at a time: {@link #claim}, write the frame there, {@link #commit},
 * and {@link #flush} after the last of them. For one thread; nothing here waits.
 */
public interface FrameSender extends AutoCloseable
{
    /** @param frames how many, at most 1024. @return true if so many can be claimed now. */
    boolean hasRoom(int frames);

    /** @return address to write the next frame to; 0 if there is no room. */
    long claim();

    /** @param lengthBytes of the frame at the address that was claimed last. */
    void commit(int lengthBytes);

    /** Sends what has been committed, as far as it goes; the rest with the next call. */
    void flush();

    /** Does what {@link #flush} does. @return true if everything that was committed has been sent. */
    boolean isDrained();

    @Override
    void close();
}
