package org.headrace.forwarder.control;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import org.headrace.protocol.ControlChannel;

/** Requests of the agent as they come over Aeron IPC. */
public final class AeronRequestSource implements RequestSource
{
    private final Subscription subscription;

    private AeronRequestSource(final Subscription subscription)
    {
        this.subscription = subscription;
    }

    /** @param aeron connected to the embedded driver. @return the source. */
    public static AeronRequestSource connect(final Aeron aeron)
    {
        return new AeronRequestSource(
            aeron.addSubscription(ControlChannel.CHANNEL, ControlChannel.REQUEST_STREAM_ID));
    }

    @Override
    public int poll(final FragmentHandler handler, final int fragmentLimit)
    {
        return subscription.poll(handler, fragmentLimit);
    }

    @Override
    public boolean hasPeer()
    {
        return subscription.isConnected();
    }
}
