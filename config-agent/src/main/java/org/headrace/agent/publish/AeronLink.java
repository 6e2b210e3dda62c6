package org.headrace.agent.publish;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.FragmentHandler;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlOutput;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * One Aeron client of the data plane's media driver, from connect to close; a driver that dies or is replaced ends it.
 * All calls come from the session's thread and none waits: publication and subscription are added asynchronously, and
 * the client's own duty cycle is run by {@link #poll}.
 */
final class AeronLink implements ControlOutput, AutoCloseable
{
    private static final long DRIVER_TIMEOUT_MS = 5_000;
    private static final int FRAGMENT_LIMIT = 64;

    private final Aeron aeron;
    private final Path cncFile;
    private final Object cncKey;
    private final long publicationId;
    private final long subscriptionId;
    private ExclusivePublication publication;
    private Subscription subscription;
    private String failure;

    private AeronLink(final Path aeronDirectory, final Object cncKey)
    {
        this.cncFile = aeronDirectory.resolve("cnc.dat");
        this.cncKey = cncKey;
        this.aeron = Aeron.connect(new Aeron.Context()
            .aeronDirectoryName(aeronDirectory.toString())
            .driverTimeoutMs(DRIVER_TIMEOUT_MS)
            .useConductorAgentInvoker(true)
            .errorHandler(ex -> failure = ex.toString())
            .subscriberErrorHandler(ex -> failure = ex.toString()));
        publicationId =
            aeron.asyncAddExclusivePublication(ControlChannel.CHANNEL, ControlChannel.REQUEST_STREAM_ID);
        subscriptionId = aeron.asyncAddSubscription(ControlChannel.CHANNEL, ControlChannel.RESPONSE_STREAM_ID);
    }

    /** Returns a link, or null if no driver is alive there. */
    static AeronLink connect(final Path aeronDirectory)
    {
        final Object key = fileKey(aeronDirectory.resolve("cnc.dat"));
        final File directory = aeronDirectory.toFile();
        // Connecting to a driver that is not there would wait for it; so it is looked at first.
        if (key == null || !CommonContext.isDriverActive(directory, DRIVER_TIMEOUT_MS, message -> {}))
        {
            return null;
        }
        return new AeronLink(aeronDirectory, key);
    }

    /** Runs the client and delivers what arrived; returns the work count. */
    int poll(final FragmentHandler handler)
    {
        int workCount = 0;
        try
        {
            workCount += aeron.conductorAgentInvoker().invoke();
            if (publication == null)
            {
                publication = aeron.getExclusivePublication(publicationId);
            }
            if (subscription == null)
            {
                subscription = aeron.getSubscription(subscriptionId);
            }
            if (subscription != null)
            {
                workCount += subscription.poll(handler, FRAGMENT_LIMIT);
            }
        }
        catch (final AeronException | IllegalStateException ex)
        {
            failure = ex.toString();
        }
        return workCount;
    }

    boolean isConnected()
    {
        return publication != null && publication.isConnected() && subscription != null && subscription.isConnected();
    }

    /** Returns why this link is of no use any more, or null. */
    String failure()
    {
        if (failure == null && aeron.isClosed())
        {
            failure = "Aeron client is closed";
        }
        return failure;
    }

    /** Returns whether another driver, or none, is where this link's driver was. */
    boolean isDriverReplaced()
    {
        return !cncKey.equals(fileKey(cncFile));
    }

    @Override
    public long offer(final DirectBuffer buffer, final int offset, final int length)
    {
        return publication == null ? Publication.NOT_CONNECTED : publication.offer(buffer, offset, length);
    }

    @Override
    public void close()
    {
        CloseHelper.quietClose(aeron);
    }

    private static Object fileKey(final Path file)
    {
        try
        {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        }
        catch (final IOException _)
        {
            return null;
        }
    }
}
