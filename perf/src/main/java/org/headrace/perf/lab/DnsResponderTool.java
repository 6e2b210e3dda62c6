package org.headrace.perf.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Name servers that answer every question with their own name: one thread per server host, all in one small process.
 * Arguments: {@code NAMESPACE=NAME}, one for each.
 */
public final class DnsResponderTool
{
    private DnsResponderTool()
    {
    }

    /**
     * @param args namespace and server name of each.
     * @throws Exception when a socket cannot be opened.
     */
    public static void main(final String[] args) throws Exception
    {
        final List<Thread> threads = new ArrayList<>();
        for (final String arg : args)
        {
            final String[] parts = arg.split("=", 2);
            final NetworkNamespace host = new NetworkNamespace(parts[0]);
            for (final int port : new int[]{LabServers.DNS_PORT, LabServers.DIRECT_DNS_PORT})
            {
                final DatagramChannel channel = host.call(() ->
                    DatagramChannel.open().bind(new InetSocketAddress(port)));
                threads.add(host.start("dns-" + parts[1], () -> serve(channel, parts[1])));
            }
        }
        System.out.println("ready");
        for (final Thread thread : threads)
        {
            thread.join();
        }
    }

    private static void serve(final DatagramChannel channel, final String name)
    {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(DnsMessage.MAX_LENGTH);
        final byte[] text = name.getBytes(US_ASCII);
        while (channel.isOpen())
        {
            try
            {
                buffer.clear();
                final SocketAddress client = channel.receive(buffer);
                buffer.flip();
                if (DnsMessage.answer(buffer, text))
                {
                    channel.send(buffer, client);
                }
            }
            catch (final IOException e)
            {
                // An ICMP error for an earlier answer: the next question may come from somebody else.
                System.err.println(name + ": " + e.getMessage());
            }
        }
    }
}
