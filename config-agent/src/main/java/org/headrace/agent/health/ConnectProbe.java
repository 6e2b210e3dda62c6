package org.headrace.agent.health;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import org.headrace.agent.health.ProbeResult.Outcome;
import org.headrace.protocol.IpAddress;

import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Opens a TCP connection and resets it at once: a server that completes the handshake is alive, and a reset leaves no
 * TIME_WAIT on either side. Used by the thread of its event loop only.
 */
final class ConnectProbe implements Probe
{
    private static final ProbeResult SUCCESS = new ProbeResult(Outcome.SUCCESS, "connect succeeded");
    /** What the kernel says when this host, not the server, is the reason: EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS. */
    private static final List<String> LOCAL_TROUBLES = List.of("too many open files", "cannot assign requested address",
        "address not available", "no buffer space", "cannot allocate memory");

    private final Bootstrap template;
    private final Map<Long, Bootstrap> bootstrapByTimeout = new HashMap<>();
    private final List<IpAddress> sourcesIpv4;
    private final List<IpAddress> sourcesIpv6;
    private int sourceCursor;

    /**
     * @param sources addresses of this host to probe from, taken in turn; those of the server's family count, and
     *                without any the kernel chooses.
     */
    ConnectProbe(
        final EventLoopGroup group, final Class<? extends Channel> channelClass, final List<IpAddress> sources)
    {
        sourcesIpv4 = sources.stream().filter(IpAddress::isIpv4).toList();
        sourcesIpv6 = sources.stream().filter(source -> !source.isIpv4()).toList();
        template = new Bootstrap().group(group).channel(channelClass).handler(new Silence()).disableResolver()
            // Nothing is read, so nothing has to be prepared for it.
            .option(ChannelOption.AUTO_READ, false).option(ChannelOption.SO_LINGER, 0);
    }

    @Override
    public void start(final HealthTarget target, final Consumer<ProbeResult> done)
    {
        final SocketAddress remote =
            new InetSocketAddress(target.server().address().toInetAddress(), target.server().port());
        final ChannelFuture connect =
            bootstrap(target.timeoutMs()).connect(remote, source(target.server().address()));
        if (connect.isDone() && !connect.isSuccess())
        {
            // A socket that could not be opened fails on a foreign executor; a listener would be called there.
            done.accept(failure(connect.cause(), target));
            return;
        }
        connect.addListener(ignored ->
        {
            if (connect.isSuccess())
            {
                // The descriptor is free when the close is done, and not before.
                connect.channel().close().addListener(closed -> done.accept(SUCCESS));
            }
            else
            {
                done.accept(failure(connect.cause(), target));
            }
        });
    }

    private Bootstrap bootstrap(final long timeoutMs)
    {
        return bootstrapByTimeout.computeIfAbsent(timeoutMs,
            timeout -> template.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout)));
    }

    private SocketAddress source(final IpAddress server)
    {
        final List<IpAddress> sources = server.isIpv4() ? sourcesIpv4 : sourcesIpv6;
        if (sources.isEmpty())
        {
            return null;
        }
        sourceCursor = (sourceCursor + 1) & Integer.MAX_VALUE;
        return new InetSocketAddress(sources.get(sourceCursor % sources.size()).toInetAddress(), 0);
    }

    private static ProbeResult failure(final Throwable cause, final HealthTarget target)
    {
        final String text = String.valueOf(cause.getMessage());
        final String lowerCase = text.toLowerCase(Locale.ROOT);
        if (LOCAL_TROUBLES.stream().anyMatch(lowerCase::contains))
        {
            return new ProbeResult(Outcome.INCONCLUSIVE, text);
        }
        final String reason;
        if (cause instanceof ConnectTimeoutException || lowerCase.contains("timed out"))
        {
            reason = "timeout after " + target.timeoutMs() + " ms";
        }
        else if (lowerCase.contains("refused"))
        {
            reason = "connect refused";
        }
        else if (cause instanceof NoRouteToHostException || lowerCase.contains("unreachable"))
        {
            reason = "no route to host";
        }
        else
        {
            reason = "connect failed: " + text;
        }
        return new ProbeResult(Outcome.FAILURE, reason);
    }

    /** A pipeline must have a handler; this one does nothing. */
    @ChannelHandler.Sharable
    private static final class Silence extends ChannelInboundHandlerAdapter
    {
        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause)
        {
            context.close();
        }
    }
}
