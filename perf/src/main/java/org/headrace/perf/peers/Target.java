package org.headrace.perf.peers;

import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;

/**
 * Where clients find a service.
 *
 * @param address   IPv4.
 * @param mac       of the next hop on the client's link, for packets that are made by hand.
 * @param http      port of the web service on all three servers; 0 if there is none.
 * @param httpOne   port of the web service on the first server.
 * @param bulk      port of iperf3 on the first server.
 * @param dns       UDP port of the name service on all three servers; 0 if there is none.
 * @param dnsOne    UDP port of the name service on the first server.
 */
record Target(String address, String mac, int http, int httpOne, int bulk, int dns, int dnsOne)
{
    private static final String BALANCER_MAC = "02:00:00:00:00:01";
    private static final String SERVER_MAC = "02:00:00:00:01:02";

    /** The virtual address on a balancer. */
    static final Target BALANCED = new Target(
        LabNetwork.VIP, BALANCER_MAC, 80, 81, LabServers.IPERF_PORT, 53, 54);
    /** The first server, through the balancer's host. */
    static final Target ROUTED = new Target(LabNetwork.serverAddress(1), BALANCER_MAC, 0, LabServers.HTTP_PORT,
        LabServers.IPERF_PORT, 0, LabServers.DNS_PORT);
    /** The first server, as if on the same link. */
    static final Target WIRED = new Target(LabNetwork.serverAddress(1), SERVER_MAC, 0, LabServers.HTTP_PORT,
        LabServers.IPERF_PORT, 0, LabServers.DNS_PORT);
    /** The first server, on a link of its own with the client. */
    static final Target NO_HOP = new Target("10.3.0.2", SERVER_MAC, 0, LabServers.HTTP_PORT,
        LabServers.IPERF_PORT, 0, LabServers.DNS_PORT);
}
