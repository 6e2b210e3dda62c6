package org.headrace.forwarder.control;

import org.headrace.forwarder.io.PacketSelection;
import org.headrace.protocol.IpAddress;

import java.util.Set;
import java.util.TreeSet;

/** Remembers what is selected; can be told to refuse. */
final class RecordingSelection implements PacketSelection
{
    final Set<String> services = new TreeSet<>();
    final Set<String> servers = new TreeSet<>();
    final Set<String> locals = new TreeSet<>();
    int serverAdditions;
    boolean isAttached;
    boolean refuses;

    @Override
    public void addService(final int transport, final long high, final long low, final int port)
    {
        check();
        services.add(text(transport, high, low, port));
    }

    @Override
    public void removeService(final int transport, final long high, final long low, final int port)
    {
        services.remove(text(transport, high, low, port));
    }

    @Override
    public void addServer(final int transport, final long high, final long low, final int port)
    {
        check();
        serverAdditions++;
        servers.add(text(transport, high, low, port));
    }

    @Override
    public void removeServer(final int transport, final long high, final long low, final int port)
    {
        servers.remove(text(transport, high, low, port));
    }

    @Override
    public void addLocal(final long high, final long low)
    {
        locals.add(new IpAddress(high, low).toString());
    }

    @Override
    public void removeLocal(final long high, final long low)
    {
        locals.remove(new IpAddress(high, low).toString());
    }

    @Override
    public void attach()
    {
        isAttached = true;
    }

    private void check()
    {
        if (refuses)
        {
            throw new IllegalStateException("map is full");
        }
    }

    private static String text(final int transport, final long high, final long low, final int port)
    {
        return transport + "/" + new IpAddress(high, low) + ":" + port;
    }
}
