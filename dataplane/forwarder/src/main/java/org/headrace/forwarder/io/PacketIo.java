package org.headrace.forwarder.io;

/**
 * Source and sink of frames for one worker.
 *
 * <p>A cycle is {@link #receive}, the pipeline writes a verdict for every frame, {@link #transmit}. Frames stay where
 * the driver has them; they are addresses into memory of the driver, and belong to the pipeline from {@code receive}
 * to {@code transmit}.
 *
 * <p><b>Assumptions and guarantees.</b> All methods are called by one thread, the worker's, and none of them allocates.
 * {@code receive} and {@code transmit} never wait; only {@link #await} does. Frames of one interface come in the order
 * in which the interface received them, and go out in the order in which they stand in the batch.
 */
public interface PacketIo extends AutoCloseable
{
    /**
     * Room that every driver leaves before the first byte of a frame, in bytes: for a longer link-layer header or an
     * encapsulation.
     */
    int HEADROOM_BYTES = 64;
    /** Room in a frame that {@link #claim} gives, in bytes. */
    int CLAIMED_FRAME_BYTES = 256;

    /**
     * Takes the frames that are there, at most the batch's capacity.
     *
     * @param batch is filled from index 0; what it held before is gone.
     * @return number of frames in the batch; 0 if there were none.
     */
    int receive(PacketBatch batch);

    /**
     * Sends every frame whose verdict is {@link Verdict#FORWARD} or {@link Verdict#ANSWER} out of its egress interface,
     * hands those with {@link Verdict#PASS} to the kernel, and gives all frames of the batch back to where they came
     * from. A frame that could not be sent gets a drop verdict instead ({@link Verdict#drop}), so that the caller
     * counts what really happened.
     *
     * @param batch as {@link #receive} filled it and the pipeline judged it.
     */
    void transmit(PacketBatch batch);

    /**
     * Adds a blank frame of the driver's own to the batch, for a packet that the worker originates. It goes out, and
     * back to the driver, with {@link #transmit}, like frames that were received; what stands in the batch besides it
     * does not matter. The driver has some for every cycle, so that this succeeds for a whole batch unless the driver
     * is out of frames.
     *
     * @param batch row {@code size} is filled, and the size raised: address, flags 0 and length 0; at least
     *              {@link #CLAIMED_FRAME_BYTES} may be written.
     * @return false if no frame is free or the batch is full; nothing has changed then.
     */
    boolean claim(PacketBatch batch);

    /**
     * Waits until there may be a frame to receive.
     *
     * @param timeoutNs longest wait in nanoseconds, at least 0.
     */
    void await(long timeoutNs);

    /**
     * @return frames lost before {@link #receive} because the driver's ring was full, since it was opened.
     */
    long overruns();

    /** Gives all resources back. */
    @Override
    void close();
}
