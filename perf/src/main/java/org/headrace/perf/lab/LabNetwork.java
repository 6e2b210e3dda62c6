package org.headrace.perf.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses, links and routes of the laboratory.
 *
 * <pre>
 *   client                      balancer                       server N = 1, 2, 3
 *   10.1.0.2 .. 10.1.0.9        10.1.0.1      10.2.N.1         10.2.N.2
 *   fd00:1::2 .. ::9            fd00:1::1     fd00:2:N::1      fd00:2:N::2
 *        eth0 ---------------- client    serverN ------------- eth0
 *
 *   virtual addresses: 10.99.0.1, fd00:99::1 and their neighbours; the client routes them to the balancer
 * </pre>
 *
 * The servers know the client by their default route only, which is the balancer: so answers pass through it again.
 */
public final class LabNetwork
{
    /** How many servers there are. */
    public static final int SERVERS = 3;
    /** How many addresses of each family the client has. */
    public static final int CLIENT_ADDRESSES = 8;
    /** First virtual address. */
    public static final String VIP = "10.99.0.1";
    /** First virtual address, IPv6. */
    public static final String VIP6 = "fd00:99::1";
    /** The balancer's own address, as the client sees it. */
    public static final String BALANCER = "10.1.0.1";
    /** The balancer's own address, IPv6. */
    public static final String BALANCER6 = "fd00:1::1";
    /** Name of the balancer's interface to the client. */
    public static final String CLIENT_LINK = "client";
    /** Name of the only interface of a client or server. */
    public static final String HOST_LINK = "eth0";

    private LabNetwork()
    {
    }

    /** @param server 1 to 3. @return its address. */
    public static String serverAddress(final int server)
    {
        return "10.2." + server + ".2";
    }

    /** @param server 1 to 3. @return its IPv6 address. */
    public static String serverAddress6(final int server)
    {
        return "fd00:2:" + server + "::2";
    }

    /** @param server 1 to 3. @return the balancer's interface to it. */
    public static String serverLink(final int server)
    {
        return "server" + server;
    }

    /** @param index 0 to 7. @return address of the client. */
    public static String clientAddress(final int index)
    {
        return "10.1.0." + (2 + index);
    }

    /** @param index 0 to 7. @return IPv6 address of the client. */
    public static String clientAddress6(final int index)
    {
        return "fd00:1::" + (2 + index);
    }

    /** @return names of the balancer's interfaces. */
    public static List<String> balancerLinks()
    {
        final List<String> links = new ArrayList<>(List.of(CLIENT_LINK));
        for (int server = 1; server <= SERVERS; server++)
        {
            links.add(serverLink(server));
        }
        return links;
    }

    static void lay(
        final NetworkNamespace client, final NetworkNamespace balancer, final List<NetworkNamespace> servers,
        final int queues)
    {
        configureHost(client);
        configureHost(balancer);
        servers.forEach(LabNetwork::configureHost);
        balancer.call(() -> write("net/ipv4/ip_forward", "1") && write("net/ipv6/conf/all/forwarding", "1"));

        final List<String> links = new ArrayList<>(List.of("link set lo up"));
        addLink(links, CLIENT_LINK, client, BALANCER, BALANCER6, 0, queues);
        for (int server = 1; server <= SERVERS; server++)
        {
            addLink(links, serverLink(server), servers.get(server - 1),
                "10.2." + server + ".1", "fd00:2:" + server + "::1", server, queues);
        }
        balancer.ip(links);

        final List<String> own = new ArrayList<>();
        for (int index = 0; index < CLIENT_ADDRESSES; index++)
        {
            own.add(clientAddress(index));
            own.add(clientAddress6(index));
        }
        configureEnd(client, own, BALANCER, BALANCER6);
        for (int server = 1; server <= SERVERS; server++)
        {
            configureEnd(servers.get(server - 1), List.of(serverAddress(server), serverAddress6(server)),
                "10.2." + server + ".1", "fd00:2:" + server + "::1");
        }
    }

    /**
     * Has client and servers send whole packets with whole checksums, as real network cards put them on the wire:
     * AF_XDP shows neither that a checksum is partial nor that a packet is to be cut. GRO on a peer's end makes it take
     * frames from XDP in batches.
     */
    static void switchOffloadsOff(final NetworkNamespace client, final List<NetworkNamespace> servers)
    {
        final List<NetworkNamespace> peers = new ArrayList<>(servers);
        peers.add(client);
        peers.forEach(LabNetwork::switchOffloadsOff);
    }

    /** @param peer client or server that is to send whole packets. */
    public static void switchOffloadsOff(final NetworkNamespace peer)
    {
        peer.check("ethtool", "-K", HOST_LINK, "tx", "off", "tso", "off", "gso", "off", "gro", "on");
    }

    /** @param peer client or server that is to send as veth is when it is new: checksums and cutting are the link's. */
    public static void switchOffloadsOn(final NetworkNamespace peer)
    {
        peer.check("ethtool", "-K", HOST_LINK, "tx", "on", "tso", "on", "gso", "on", "gro", "off");
    }

    private static void addLink(
        final List<String> commands, final String name, final NetworkNamespace peer,
        final String address, final String address6, final int number, final int queues)
    {
        final String ofBoth = " numrxqueues " + queues + " numtxqueues " + queues;
        commands.add("link add name " + name + " address 02:00:00:00:0" + number + ":01" + ofBoth +
            " type veth peer name " + HOST_LINK + ofBoth + " address 02:00:00:00:0" + number + ":02 netns " +
            peer.name());
        commands.add("link set " + name + " up");
        commands.add("address add " + address + "/24 dev " + name);
        commands.add("address add " + address6 + "/64 dev " + name + " nodad");
    }

    private static void configureEnd(
        final NetworkNamespace host, final List<String> addresses, final String gateway, final String gateway6)
    {
        final List<String> commands = new ArrayList<>(List.of("link set lo up", "link set " + HOST_LINK + " up"));
        for (final String address : addresses)
        {
            commands.add("address add " + address +
                (address.contains(":") ? "/64 dev " + HOST_LINK + " nodad" : "/24 dev " + HOST_LINK));
        }
        commands.add("route add default via " + gateway);
        commands.add("route add ::/0 via " + gateway6);
        host.ip(commands);
    }

    private static void configureHost(final NetworkNamespace host)
    {
        host.call(() ->
        {
            write("net/ipv4/conf/all/rp_filter", "0");
            write("net/ipv4/conf/default/rp_filter", "0");
            write("net/ipv6/conf/all/disable_ipv6", "0");
            write("net/ipv6/conf/default/disable_ipv6", "0");
            // No wait for duplicate detection, no router solicitations: the network is known.
            write("net/ipv6/conf/default/accept_dad", "0");
            write("net/ipv6/conf/default/router_solicitations", "0");
            // Many short connections from few addresses.
            write("net/ipv4/ip_local_port_range", "1024 65535");
            write("net/ipv4/tcp_tw_reuse", "1");
            write("net/core/somaxconn", "4096");
            write("net/ipv4/tcp_max_syn_backlog", "8192");
            return null;
        });
    }

    private static boolean write(final String key, final String value) throws IOException
    {
        Files.writeString(Path.of("/proc/sys", key), value);
        return true;
    }
}
