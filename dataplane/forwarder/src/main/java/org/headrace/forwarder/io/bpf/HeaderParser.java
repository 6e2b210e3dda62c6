package org.headrace.forwarder.io.bpf;

import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.ANY_BIT;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.BELOW;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.NOT_EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.ADD;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.AND;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.SHIFT_LEFT;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.SHIFT_RIGHT;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.BYTE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.DOUBLE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.HALF;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.WORD;
import static org.headrace.forwarder.io.bpf.BpfRegister.FP;
import static org.headrace.forwarder.io.bpf.BpfRegister.R1;
import static org.headrace.forwarder.io.bpf.BpfRegister.R2;
import static org.headrace.forwarder.io.bpf.BpfRegister.R7;
import static org.headrace.forwarder.io.bpf.BpfRegister.R8;
import static org.headrace.forwarder.io.bpf.BpfRegister.R9;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_DESTINATION;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_IDENTIFICATION;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_PROTOCOL;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_SOURCE;
import static org.headrace.forwarder.io.bpf.PickerStack.HEADER;
import static org.headrace.forwarder.io.bpf.PickerStack.IS_FIRST_FRAGMENT;

/**
 * Emits the reading of one IP header, of the packet itself or of a packet quoted by an ICMP error.
 *
 * <p>In: R6 the packet, R7 the offset of the IP header. Out: both keys with address and protocol, R8 the offset of the
 * transport header, R9 the transport protocol. Whatever is not as it should be jumps to {@link #NOT_OURS}.
 */
final class HeaderParser
{
    /** Jumped to when the packet cannot be ours. */
    static final String NOT_OURS = "not ours";
    /** Jumped to for a fragment without ports, with the fragment key complete. */
    static final String LATER_FRAGMENT = "later fragment";
    /** Most IPv6 extension headers that are walked over; a packet with more is the kernel's. */
    static final int MAX_EXTENSIONS = 6;

    private static final int IPV4_HEADER_BYTES = 20;
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int IPV6_FRAGMENT_BYTES = 8;
    /** {@code ::ffff:0:0/96} as the four bytes before an IPv4 address, in memory order of a little-endian store. */
    private static final int MAPPED_PREFIX = 0xFFFF_0000;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION_OPTIONS = 60;

    private final BpfAssembler asm;
    private final PacketLoader loader;
    private final String scope;
    private final int sourceKey;
    private final int destinationKey;
    private final boolean isQuoted;

    /**
     * @param loader         of packet bytes, to the program to write to.
     * @param scope          prefix of the labels, different for each parser of a program.
     * @param sourceKey      place on the stack for the source's key.
     * @param destinationKey place on the stack for the destination's key.
     * @param isQuoted       true for a packet inside of an ICMP error: fragments are not followed there.
     */
    HeaderParser(
        final PacketLoader loader,
        final String scope,
        final int sourceKey,
        final int destinationKey,
        final boolean isQuoted)
    {
        this.asm = loader.asm();
        this.loader = loader;
        this.scope = scope;
        this.sourceKey = sourceKey;
        this.destinationKey = destinationKey;
        this.isQuoted = isQuoted;
    }

    /** RFC 791 section 3.1. */
    void parseIpv4()
    {
        loader.load(R7, HEADER, IPV4_HEADER_BYTES);
        asm.load(BYTE, R1, FP, HEADER)
            .move(R2, R1).compute(SHIFT_RIGHT, R2, 4).jumpIf(NOT_EQUAL, R2, 4, NOT_OURS)
            .compute(AND, R1, 0xF).jumpIf(BELOW, R1, 5, NOT_OURS)
            .compute(SHIFT_LEFT, R1, 2)
            .move(R8, R7).compute(ADD, R8, R1);
        copyIpv4Address(HEADER + 12, sourceKey);
        copyIpv4Address(HEADER + 16, destinationKey);
        asm.load(BYTE, R9, FP, HEADER + 9);
        parseIpv4Fragment();
        storeProtocol();
    }

    private void parseIpv4Fragment()
    {
        final String notFragmented = scope + "4 not fragmented";
        asm.load(HALF, R1, FP, HEADER + 6).swapFromNetwork(R1, 16);
        if (isQuoted)
        {
            asm.jumpIf(ANY_BIT, R1, 0x1FFF, NOT_OURS);
            return;
        }
        asm.compute(AND, R1, 0x3FFF).jumpIf(EQUAL, R1, 0, notFragmented);
        storeFragmentAddresses();
        asm.load(HALF, R2, FP, HEADER + 4)
            .store(WORD, FP, FRAGMENT_IDENTIFICATION, R2)
            .store(WORD, FP, FRAGMENT_PROTOCOL, R9)
            .jumpIf(ANY_BIT, R1, 0x1FFF, LATER_FRAGMENT)
            .storeValue(DOUBLE, FP, IS_FIRST_FRAGMENT, 1)
            .label(notFragmented);
    }

    /** RFC 8200 sections 3 and 4. */
    void parseIpv6()
    {
        loader.load(R7, HEADER, IPV6_HEADER_BYTES);
        asm.load(BYTE, R1, FP, HEADER).compute(SHIFT_RIGHT, R1, 4).jumpIf(NOT_EQUAL, R1, 6, NOT_OURS);
        copyIpv6Address(HEADER + 8, sourceKey);
        copyIpv6Address(HEADER + 24, destinationKey);
        asm.load(BYTE, R9, FP, HEADER + 6)
            .move(R8, R7).compute(ADD, R8, IPV6_HEADER_BYTES);
        for (int i = 0; i < MAX_EXTENSIONS; i++)
        {
            parseExtension(i);
        }
        asm.label(scope + "6 transport");
        storeProtocol();
    }

    private void parseExtension(final int number)
    {
        final String options = scope + "6 options " + number;
        final String next = scope + "6 next " + number;
        asm.jumpIf(EQUAL, R9, HOP_BY_HOP, options)
            .jumpIf(EQUAL, R9, ROUTING, options)
            .jumpIf(EQUAL, R9, DESTINATION_OPTIONS, options)
            .jumpIf(NOT_EQUAL, R9, FRAGMENT, scope + "6 transport");
        loader.load(R8, HEADER, IPV6_FRAGMENT_BYTES);
        asm.load(BYTE, R9, FP, HEADER)
            .compute(ADD, R8, IPV6_FRAGMENT_BYTES)
            .load(HALF, R1, FP, HEADER + 2).swapFromNetwork(R1, 16);
        if (isQuoted)
        {
            asm.jumpIf(ANY_BIT, R1, 0xFFF8, NOT_OURS);
        }
        else
        {
            storeFragmentAddresses();
            asm.load(WORD, R2, FP, HEADER + 4)
                .store(WORD, FP, FRAGMENT_IDENTIFICATION, R2)
                .storeValue(WORD, FP, FRAGMENT_PROTOCOL, FRAGMENT)
                .jumpIf(ANY_BIT, R1, 0xFFF8, LATER_FRAGMENT)
                .compute(AND, R1, 1)
                .store(DOUBLE, FP, IS_FIRST_FRAGMENT, R1);
        }
        asm.jump(next).label(options);
        loader.load(R8, HEADER, 2);
        asm.load(BYTE, R9, FP, HEADER)
            .load(BYTE, R1, FP, HEADER + 1)
            .compute(ADD, R1, 1).compute(SHIFT_LEFT, R1, 3)
            .compute(ADD, R8, R1)
            .label(next);
    }

    private void copyIpv4Address(final int from, final int key)
    {
        asm.storeValue(DOUBLE, FP, key, 0)
            .storeValue(WORD, FP, key + 8, MAPPED_PREFIX)
            .load(WORD, R1, FP, from)
            .store(WORD, FP, key + 12, R1);
    }

    private void copyIpv6Address(final int from, final int key)
    {
        asm.load(DOUBLE, R1, FP, from).store(DOUBLE, FP, key, R1)
            .load(DOUBLE, R1, FP, from + 8).store(DOUBLE, FP, key + 8, R1);
    }

    /** Keeps R1. */
    private void storeFragmentAddresses()
    {
        copyAddress(asm, sourceKey, FRAGMENT_SOURCE);
        copyAddress(asm, destinationKey, FRAGMENT_DESTINATION);
    }

    /** Uses R2 only. */
    static void copyAddress(final BpfAssembler asm, final int from, final int to)
    {
        asm.load(DOUBLE, R2, FP, from).store(DOUBLE, FP, to, R2)
            .load(DOUBLE, R2, FP, from + 8).store(DOUBLE, FP, to + 8, R2);
    }

    private void storeProtocol()
    {
        for (final int key : new int[]{sourceKey, destinationKey})
        {
            asm.store(BYTE, FP, key + EndpointKeyDescriptor.PROTOCOL_OFFSET, R9)
                .storeValue(BYTE, FP, key + EndpointKeyDescriptor.PADDING_OFFSET, 0);
        }
    }
}
