package org.headrace.forwarder.io;

/** What a driver under test is connected to: two interfaces, 0 and 1, with somebody at the other end of each. */
public interface PacketIoRig extends AutoCloseable
{
    /** A frame at the other end. @param bytes from the destination MAC on. @param flags as in {@link PacketBatch}. */
    record Sent(byte[] bytes, int flags)
    {
    }

    /** @return driver under test. */
    PacketIo io();

    /** @param place interface. @param frame one of {@link #frame}. @param flags as in {@link PacketBatch}. */
    void inject(int place, byte[] frame, int flags);

    /** @param place interface. @return the next frame that the driver sent there; null if none comes in due time. */
    Sent takeTransmitted(int place);

    /** @return the next IP packet that the driver has handed to the kernel; null if none comes in due time. */
    byte[] takePassed();

    /** @param place interface that is to refuse frames from now on. */
    void fail(int place);

    /** @param number told apart by it. @param length of the frame, at least {@link #minFrameBytes}.
     * @return a frame that the driver takes. */
    byte[] frame(int number, int length);

    /** @return shortest frame that the driver takes. */
    int minFrameBytes();

    /** @return more short frames than the driver can hold. */
    int moreThanFit();

    /** @return false if the driver has no way to tell of {@link PacketBatch#flags}: they are 0 then. */
    default boolean carriesFlags()
    {
        return true;
    }

    @Override
    void close();
}
