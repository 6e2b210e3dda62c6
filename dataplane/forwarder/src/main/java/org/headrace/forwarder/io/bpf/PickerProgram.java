package org.headrace.forwarder.io.bpf;

import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.ABOVE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.NOT_ABOVE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.NOT_EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.ADD;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.AND;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.MULTIPLY;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.SHIFT_RIGHT;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.XOR;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.BYTE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.DOUBLE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.HALF;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.WORD;
import static org.headrace.forwarder.io.bpf.BpfRegister.FP;
import static org.headrace.forwarder.io.bpf.BpfRegister.R0;
import static org.headrace.forwarder.io.bpf.BpfRegister.R1;
import static org.headrace.forwarder.io.bpf.BpfRegister.R2;
import static org.headrace.forwarder.io.bpf.BpfRegister.R3;
import static org.headrace.forwarder.io.bpf.BpfRegister.R4;
import static org.headrace.forwarder.io.bpf.BpfRegister.R6;
import static org.headrace.forwarder.io.bpf.BpfRegister.R7;
import static org.headrace.forwarder.io.bpf.BpfRegister.R8;
import static org.headrace.forwarder.io.bpf.BpfRegister.R9;
import static org.headrace.forwarder.io.bpf.HeaderParser.LATER_FRAGMENT;
import static org.headrace.forwarder.io.bpf.HeaderParser.NOT_OURS;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_KEY;
import static org.headrace.forwarder.io.bpf.PickerStack.FRAGMENT_VALUE;
import static org.headrace.forwarder.io.bpf.PickerStack.HEADER;
import static org.headrace.forwarder.io.bpf.PickerStack.IS_FIRST_FRAGMENT;
import static org.headrace.forwarder.io.bpf.PickerStack.LOCAL_KEY;
import static org.headrace.forwarder.io.bpf.PickerStack.SERVER_KEY;
import static org.headrace.forwarder.io.bpf.PickerStack.SERVICE_KEY;

/**
 * The one decision "is this packet the data plane's", assembled for each place where it is asked.
 *
 * <p>A packet is ours when its destination is a service; or when its source is a server and its destination no address
 * of this host, or one of our local FULLNAT addresses. An ICMP error is judged by the packet that it quotes, which went
 * the other way: so the quoted source stands for the service's end and the quoted destination for the server's, and one
 * piece of code judges both. The later fragments of a datagram follow its first one. Frames with a VLAN tag are not
 * ours (the VLAN's own interface delivers them again without), nor are frames to another MAC address.
 */
final class PickerProgram
{
    /** Where the program runs, and what it then says. */
    enum Place
    {
        /** Socket filter of the ring with small frames: takes what is ours and not longer than the threshold. */
        SMALL_RING(BpfProgram.Kind.SOCKET_FILTER, "hr_small", ETHERNET_HEADER_BYTES, -1, 0),
        /** Socket filter of the ring with large frames: takes what is ours and longer than the threshold. */
        LARGE_RING(BpfProgram.Kind.SOCKET_FILTER, "hr_large", ETHERNET_HEADER_BYTES, -1, 0),
        /** Ingress of the interface: {@code TCX_DROP} for ours, because a ring has it; else {@code TCX_NEXT}. */
        TCX_INGRESS(BpfProgram.Kind.SCHED_CLS, "hr_ingress", ETHERNET_HEADER_BYTES, 2, -1),
        /** Choice of the worker: the client's hash. Runs before the socket has the Ethernet header put back. */
        FANOUT(BpfProgram.Kind.SOCKET_FILTER, "hr_fanout", 0, 0, 0),
        /** XDP: to an AF_XDP socket what is ours, else {@code XDP_PASS}; the rest of it is in {@link XdpEnds}. */
        XDP(BpfProgram.Kind.XDP, "hr_xdp", ETHERNET_HEADER_BYTES, XdpEnds.XDP_REDIRECT, XdpEnds.XDP_PASS);

        private final BpfProgram.Kind kind;
        private final String programName;
        private final int networkOffset;
        private final int ours;
        private final int notOurs;

        Place(
            final BpfProgram.Kind kind,
            final String programName,
            final int networkOffset,
            final int ours,
            final int notOurs)
        {
            this.kind = kind;
            this.programName = programName;
            this.networkOffset = networkOffset;
            this.ours = ours;
            this.notOurs = notOurs;
        }
    }

    static final int ETHERNET_HEADER_BYTES = 14;

    /** Fields of {@code struct __sk_buff}, {@code linux/bpf.h}. */
    private static final int SKB_LEN = 0;
    private static final int SKB_PKT_TYPE = 4;
    private static final int SKB_PROTOCOL = 16;
    private static final int SKB_VLAN_PRESENT = 20;

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86DD;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int ICMP_HEADER_BYTES = 8;
    /** Destination unreachable, source quench, time exceeded, parameter problem (RFC 792). */
    private static final int[] ICMP_ERRORS = {3, 4, 11, 12};
    /** Destination unreachable, packet too big, time exceeded, parameter problem (RFC 4443). */
    private static final int[] ICMPV6_ERRORS = {1, 2, 3, 4};

    private final BpfAssembler asm = new BpfAssembler();
    private final Place place;
    private final int thresholdBytes;
    private final PickerMaps maps;
    private final XdpEnds ends;
    private final PacketLoader loader;

    private PickerProgram(final Place place, final int thresholdBytes, final PickerMaps maps, final XdpEnds ends)
    {
        this.place = place;
        this.thresholdBytes = thresholdBytes;
        this.maps = maps;
        this.ends = ends;
        loader = new PacketLoader(asm, ends == null ? BpfHelper.SKB_LOAD_BYTES : BpfHelper.XDP_LOAD_BYTES);
    }

    /**
     * @param place          where the program is to run; not XDP.
     * @param thresholdBytes longest frame of the small ring.
     * @param maps           to decide by.
     * @return the loaded program.
     */
    static BpfProgram load(final Place place, final int thresholdBytes, final PickerMaps maps)
    {
        return load(new PickerProgram(place, thresholdBytes, maps, null));
    }

    /**
     * @param ends of the program, for one interface.
     * @param maps to decide by.
     * @return the loaded program.
     */
    static BpfProgram loadXdp(final XdpEnds ends, final PickerMaps maps)
    {
        return load(new PickerProgram(Place.XDP, 0, maps, ends));
    }

    private static BpfProgram load(final PickerProgram program)
    {
        return BpfProgram.load(program.place.kind, program.place.programName, program.assemble());
    }

    private long[] assemble()
    {
        asm.move(R6, R1);
        if (place == Place.XDP)
        {
            ends.emitStart(asm, loader);
        }
        else
        {
            emitStart();
        }
        emitByEtherType();
        emitPacket();
        emitQuotedIpv4();
        emitQuotedIpv6();
        emitDecision();
        emitExits();
        return asm.assemble();
    }

    /** Cheap questions first: length, tag, MAC address. Out: R1 the EtherType. */
    private void emitStart()
    {
        if (place == Place.SMALL_RING || place == Place.LARGE_RING)
        {
            asm.load(WORD, R1, R6, SKB_LEN)
                .jumpIf(place == Place.SMALL_RING ? ABOVE : NOT_ABOVE, R1, thresholdBytes, NOT_OURS);
        }
        asm.load(WORD, R1, R6, SKB_VLAN_PRESENT).jumpIf(NOT_EQUAL, R1, 0, NOT_OURS)
            .load(WORD, R1, R6, SKB_PKT_TYPE).jumpIf(NOT_EQUAL, R1, 0, NOT_OURS)
            .load(WORD, R1, R6, SKB_PROTOCOL);
    }

    private void emitByEtherType()
    {
        asm.storeValue(DOUBLE, FP, IS_FIRST_FRAGMENT, 0);
        // The fragment key is read as a whole by the helpers, also by way of paths that never wrote it.
        for (int offset = 0; offset < PickerStack.FRAGMENT_KEY_BYTES; offset += Long.BYTES)
        {
            asm.storeValue(DOUBLE, FP, FRAGMENT_KEY + offset, 0);
        }
        asm.move(R7, place.networkOffset)
            .swapFromNetwork(R1, 16)
            .jumpIf(EQUAL, R1, ETHERTYPE_IPV4, "ipv4")
            .jumpIf(EQUAL, R1, ETHERTYPE_IPV6, "ipv6")
            .jump(NOT_OURS);
    }

    private void emitPacket()
    {
        final HeaderParser parser = new HeaderParser(loader, "packet ", SERVER_KEY, SERVICE_KEY, false);
        asm.label("ipv4");
        parser.parseIpv4();
        asm.jumpIf(EQUAL, R9, ICMP, "icmp").jump("transport");
        asm.label("ipv6");
        parser.parseIpv6();
        asm.jumpIf(EQUAL, R9, ICMPV6, "icmpv6");

        asm.label("transport");
        HeaderParser.copyAddress(asm, SERVICE_KEY, LOCAL_KEY);
        emitPorts("packet ", SERVER_KEY, SERVICE_KEY);
        asm.jump("decide");
    }

    private void emitQuotedIpv4()
    {
        asm.label("icmp");
        emitIcmpError("icmp error", ICMP_ERRORS);
        new HeaderParser(loader, "quoted ", SERVICE_KEY, SERVER_KEY, true).parseIpv4();
        asm.jump("quoted transport");
    }

    private void emitQuotedIpv6()
    {
        asm.label("icmpv6");
        emitIcmpError("icmpv6 error", ICMPV6_ERRORS);
        new HeaderParser(loader, "quoted ", SERVICE_KEY, SERVER_KEY, true).parseIpv6();
        asm.label("quoted transport");
        emitPorts("quoted ", SERVICE_KEY, SERVER_KEY);
        asm.jump("decide");
    }

    /** Goes on only with an error; R7 becomes the offset of the quoted packet. */
    private void emitIcmpError(final String found, final int[] types)
    {
        HeaderParser.copyAddress(asm, SERVICE_KEY, LOCAL_KEY);
        loader.load(R8, HEADER, ICMP_HEADER_BYTES);
        asm.load(BYTE, R1, FP, HEADER);
        for (final int type : types)
        {
            asm.jumpIf(EQUAL, R1, type, found);
        }
        asm.jump(NOT_OURS)
            .label(found)
            .move(R7, R8).compute(ADD, R7, ICMP_HEADER_BYTES);
    }

    /** TCP and UDP both begin with source port, destination port. */
    private void emitPorts(final String scope, final int sourceKey, final int destinationKey)
    {
        asm.jumpIf(EQUAL, R9, TCP, scope + "ports")
            .jumpIf(NOT_EQUAL, R9, UDP, NOT_OURS)
            .label(scope + "ports");
        loader.load(R8, HEADER, 4);
        asm.load(HALF, R1, FP, HEADER)
            .store(HALF, FP, sourceKey + EndpointKeyDescriptor.PORT_OFFSET, R1)
            .load(HALF, R1, FP, HEADER + 2)
            .store(HALF, FP, destinationKey + EndpointKeyDescriptor.PORT_OFFSET, R1);
    }

    private void emitDecision()
    {
        asm.label("decide");
        emitLookup(maps.services(), SERVICE_KEY);
        asm.jumpIf(NOT_EQUAL, R0, 0, "to service");
        emitLookup(maps.servers(), SERVER_KEY);
        asm.jumpIf(EQUAL, R0, 0, "first fragment not ours");
        emitLookup(maps.locals(), LOCAL_KEY);
        asm.jumpIf(EQUAL, R0, 0, "from server")
            .load(WORD, R1, R0, 0)
            .jumpIf(NOT_ABOVE, R1, PickerMaps.MAX_PLAIN_LOCAL, "first fragment not ours")
            // The server answers to an address that we NAT to: the worker that has chosen the port shows in it.
            .load(HALF, R8, FP, SERVICE_KEY + EndpointKeyDescriptor.PORT_OFFSET).swapFromNetwork(R8, 16)
            .compute(AND, R8, R1)
            .jump("ours");
        // The client is where a service would be.
        asm.label("from server");
        emitHash(SERVICE_KEY);
        asm.jump("ours");
        asm.label("to service");
        emitHash(SERVER_KEY);

        asm.label("ours")
            .load(DOUBLE, R1, FP, IS_FIRST_FRAGMENT)
            .jumpIf(EQUAL, R1, 0, "accept")
            .store(DOUBLE, FP, FRAGMENT_VALUE, R8)
            .moveMap(R1, maps.fragments().fd())
            .move(R2, FP).compute(ADD, R2, FRAGMENT_KEY)
            .move(R3, FP).compute(ADD, R3, FRAGMENT_VALUE)
            .move(R4, 0)
            .call(BpfHelper.MAP_UPDATE_ELEM)
            .jump("accept");
    }

    private void emitExits()
    {
        // An identification comes round again: what followed an earlier datagram must not follow this one.
        asm.label("first fragment not ours")
            .load(DOUBLE, R1, FP, IS_FIRST_FRAGMENT)
            .jumpIf(EQUAL, R1, 0, NOT_OURS)
            .moveMap(R1, maps.fragments().fd())
            .move(R2, FP).compute(ADD, R2, FRAGMENT_KEY)
            .call(BpfHelper.MAP_DELETE_ELEM);
        asm.label(NOT_OURS).move(R0, place.notOurs).exit();

        asm.label(LATER_FRAGMENT);
        emitLookup(maps.fragments(), FRAGMENT_KEY);
        asm.jumpIf(EQUAL, R0, 0, NOT_OURS)
            .load(WORD, R8, R0, 0);

        asm.label("accept");
        if (place == Place.XDP)
        {
            ends.emitAccept(asm);
        }
        else if (place == Place.FANOUT)
        {
            asm.move(R0, R8).exit();
        }
        else
        {
            asm.move(R0, place.ours).exit();
        }
    }

    private void emitLookup(final BpfMap map, final int key)
    {
        asm.moveMap(R1, map.fd())
            .move(R2, FP).compute(ADD, R2, key)
            .call(BpfHelper.MAP_LOOKUP_ELEM);
    }

    /** {@link ClientHash#hash} of the key into R8. */
    private void emitHash(final int key)
    {
        asm.moveLong(R3, ClientHash.FIRST_MULTIPLIER)
            .moveLong(R4, ClientHash.SECOND_MULTIPLIER)
            .load(DOUBLE, R8, FP, key).swapFromNetwork(R8, 64)
            .load(DOUBLE, R1, FP, key + 8).swapFromNetwork(R1, 64)
            .load(HALF, R2, FP, key + EndpointKeyDescriptor.PORT_OFFSET).swapFromNetwork(R2, 16)
            .compute(MULTIPLY, R8, R3).compute(XOR, R8, R1).compute(MULTIPLY, R8, R4);
        emitFold();
        asm.compute(ADD, R8, R2).compute(MULTIPLY, R8, R3);
        emitFold();
        asm.compute(MULTIPLY, R8, R4)
            .compute(SHIFT_RIGHT, R8, ClientHash.SHIFT);
    }

    private void emitFold()
    {
        asm.move(R1, R8).compute(SHIFT_RIGHT, R1, ClientHash.SHIFT).compute(XOR, R8, R1);
    }
}
