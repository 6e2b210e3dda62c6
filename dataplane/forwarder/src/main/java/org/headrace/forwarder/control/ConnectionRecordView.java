package org.headrace.forwarder.control;

import org.headrace.conntrack.ConnectionRecord;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.protocol.ConnectionView;
import org.headrace.protocol.IpAddress;

/** The connection that stands in a {@link ConnectionRecord}, in the form of the control protocol. */
final class ConnectionRecordView implements ConnectionView
{
    private final ConnectionRecord record = new ConnectionRecord();
    private final IdleTimeouts timeouts;
    private ConnectionTableReader reader;
    private int worker;
    private long nowMs;

    ConnectionRecordView(final IdleTimeouts timeouts)
    {
        this.timeouts = timeouts;
    }

    /** Whose connections are read into the record from now on, and when. */
    void reset(final ConnectionTableReader ofReader, final int ofWorker, final long atMs)
    {
        reader = ofReader;
        worker = ofWorker;
        nowMs = atMs;
    }

    ConnectionRecord record()
    {
        return record;
    }

    @Override
    public int transportNumber()
    {
        return record.protocol();
    }

    @Override
    public long clientHigh()
    {
        return record.isIpv6() ? record.clientHigh() : 0;
    }

    @Override
    public long clientLow()
    {
        return record.isIpv6() ? record.clientLow() : IpAddress.mappedLow(record.clientAddress());
    }

    @Override
    public int clientPort()
    {
        return record.clientPort();
    }

    @Override
    public long virtualHigh()
    {
        return record.isIpv6() ? record.virtualHigh() : 0;
    }

    @Override
    public long virtualLow()
    {
        return record.isIpv6() ? record.virtualLow() : IpAddress.mappedLow(record.virtualAddress());
    }

    @Override
    public int virtualPort()
    {
        return record.virtualPort();
    }

    @Override
    public long localHigh()
    {
        return record.hasLocal() && record.isIpv6() ? record.localHigh() : 0;
    }

    @Override
    public long localLow()
    {
        if (!record.hasLocal())
        {
            return 0;
        }
        return record.isIpv6() ? record.localLow() : IpAddress.mappedLow(record.localAddress());
    }

    @Override
    public int localPort()
    {
        return record.hasLocal() ? record.localPort() : 0;
    }

    @Override
    public long serverHigh()
    {
        return record.isIpv6() ? record.serverHigh() : 0;
    }

    @Override
    public long serverLow()
    {
        return record.isIpv6() ? record.serverLow() : IpAddress.mappedLow(record.serverAddress());
    }

    @Override
    public int serverPort()
    {
        return record.serverPort();
    }

    @Override
    public int stateCode()
    {
        return record.state();
    }

    @Override
    public int worker()
    {
        return worker;
    }

    @Override
    public long idleMs()
    {
        return record.idleMs(reader, nowMs);
    }

    @Override
    public long expiresMs()
    {
        return record.expiresMs(reader, timeouts, nowMs);
    }

    @Override
    public long inPackets()
    {
        return record.packets(ConnectionTable.IN);
    }

    @Override
    public long outPackets()
    {
        return record.packets(ConnectionTable.REPLY);
    }

    @Override
    public long inBytes()
    {
        return record.bytes(ConnectionTable.IN);
    }

    @Override
    public long outBytes()
    {
        return record.bytes(ConnectionTable.REPLY);
    }
}
