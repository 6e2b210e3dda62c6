package org.headrace.perf.generate.latency;

import org.headrace.perf.lab.DnsMessage;

import java.nio.ByteBuffer;

/** What a request over UDP looks like, and how its number is found again in the answer. */
public enum UdpProtocol
{
    /** The server sends back what it got, or at least the first 16 bytes of it. */
    ECHO
    {
        @Override
        void putRequest(final ByteBuffer buffer, final long number)
        {
            buffer.putLong(MAGIC).putLong(number).putLong(0).flip();
        }

        @Override
        long number(final ByteBuffer buffer, final long next)
        {
            return buffer.limit() < 2 * Long.BYTES || buffer.getLong(0) != MAGIC ? -1 : buffer.getLong(Long.BYTES);
        }
    },

    /** A question for a TXT record (RFC 1035); any answer with the question's id counts, also an error. */
    DNS
    {
        @Override
        void putRequest(final ByteBuffer buffer, final long number)
        {
            DnsMessage.putQuery(buffer, (int)number & ID_MASK, "load");
        }

        @Override
        long number(final ByteBuffer buffer, final long next)
        {
            if (buffer.limit() < DNS_HEADER_LENGTH || buffer.getShort(Short.BYTES) >= 0)
            {
                return -1;
            }
            // Ids come round: it is the last request with that id.
            final long last = next - 1;
            return last - (last - buffer.getShort(0) & ID_MASK);
        }
    };

    /** Longest datagram. */
    public static final int MAX_LENGTH = DnsMessage.MAX_LENGTH;

    private static final long MAGIC = 0x6865_6164_7261_6365L;
    private static final int ID_MASK = 0xFFFF;
    private static final int DNS_HEADER_LENGTH = 12;

    /** Fills the cleared buffer with the request of a number, ready to be sent. */
    abstract void putRequest(ByteBuffer buffer, long number);

    /** Returns the number of the request that the received datagram answers, below 0 if it answers none. */
    abstract long number(ByteBuffer buffer, long next);
}
