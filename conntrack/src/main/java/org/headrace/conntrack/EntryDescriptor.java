package org.headrace.conntrack;

/**
 * Layout of one connection: its entry line, its side record, and for IPv6 its extension line, all found by the same
 * index.
 *
 * <pre>
 *   entry line, 64 bytes: everything a packet needs
 *     0 client address 4 | virtual address 4     IPv4; as one long: client high.  IPv6: hash of the IN tuple
 *     8 server address 4 | local address 4       IPv4; as one long: server high.  IPv6: hash of the REPLY tuple
 *    16 client port 2 | virtual port 2           as one int: client high
 *    20 server port 2 | local port 2             as one int: server high
 *    24 protocol 1 | flags 1                     flags: 0 live, 1 IPv6, 2 local set, 3 one way, 4-5 forwarding,
 *                                              6-7 next sequence number known, of the client, of the server
 *    26 state 4 bits, server slot bits 16-19     state low
 *    27 timeouts profile 1
 *    28 server slot bits 0-15, 2 | client hop 2
 *    32 last seen 4                              milliseconds since the table's base, modulo 2^32
 *    36 IN bytes, bits 32-47, 2 | REPLY likewise 2
 *    40 IN bytes, bits 0-31, 4 | IN packets, bits 0-31, 4
 *    48 REPLY bytes, bits 0-31, 4 | REPLY packets, bits 0-31, 4
 *    56 next sequence number of the client 4 | of the server 4
 *
 *   side record, 12 bytes: what only insert, remove and expiry need
 *     0 next 4 | previous 4                      wheel links; next also links the free records
 *     8 generation 2                             odd: live
 *    10 IN packets, bits 32-39, 1 | REPLY likewise 1
 *
 *   extension line, 64 bytes, IPv6 only
 *     0 client high 8 | low 8 | virtual high 8 | low 8
 *    32 server high 8 | low 8 | local high 8 | low 8
 * </pre>
 */
final class EntryDescriptor
{
    static final int ENTRY_SHIFT = 6;
    static final int SIDE_LENGTH = 12;
    static final int EXTENSION_SHIFT = 6;

    static final int ADDRESSES_OFFSET = 0;
    static final int PORTS_OFFSET = 16;
    static final int PROTOCOL_OFFSET = 24;
    static final int FLAGS_OFFSET = 25;
    static final int STATE_OFFSET = 26;
    static final int PROFILE_OFFSET = 27;
    static final int SERVER_SLOT_OFFSET = 28;
    static final int CLIENT_HOP_OFFSET = 30;
    static final int LAST_SEEN_OFFSET = 32;
    static final int BYTES_HIGH_OFFSET = 36;
    static final int BYTES_OFFSET = 40;
    static final int PACKETS_OFFSET = 44;
    static final int SEQUENCE_OFFSET = 56;

    static final int NEXT_OFFSET = 0;
    static final int PREVIOUS_OFFSET = 4;
    static final int GENERATION_OFFSET = 8;
    static final int PACKETS_HIGH_OFFSET = 10;

    static final int LIVE = 0x01;
    static final int IPV6 = 0x02;
    static final int LOCAL = 0x04;
    static final int ONE_WAY = 0x08;
    static final int FORWARDING_SHIFT = 4;
    static final int FORWARDING_MASK = 0x03;
    /** Shifted by the direction. */
    static final int SEQUENCE_KNOWN = 0x40;
    static final int SEQUENCES_KNOWN = 0xC0;

    static final int MAX_SERVER_SLOT = 131_071;
    static final int MAX_CLIENT_HOP = 0xFFFF;

    private EntryDescriptor()
    {
    }
}
