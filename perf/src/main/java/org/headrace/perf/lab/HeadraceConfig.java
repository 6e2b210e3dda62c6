package org.headrace.perf.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes the configuration file of a Headrace that runs in the laboratory: one instance on each virtual address, with
 * the listeners that are added here.
 */
public final class HeadraceConfig
{
    private static final List<Integer> EVEN = List.of(1, 1, 1);

    private final Lab lab;
    private final List<String> listeners = new ArrayList<>();
    private final List<String> listeners6 = new ArrayList<>();
    private String persistence = "";
    private String access = "";
    private String limits = "";
    private String workers = "";
    private int connections = 262_144;
    private String timeout = "";
    private String io;
    private String more = "";
    private String interfaces = String.join(", ", LabNetwork.balancerLinks());

    /** @param lab that the configuration is for. */
    public HeadraceConfig(final Lab lab)
    {
        this.lab = lab;
        this.io = lab.io();
    }

    /**
     * The usual listeners of a test or a demo: {@code http} on TCP 80, {@code dns} on UDP 53, both wrr, each on both
     * address families, and {@code bulk} on TCP and UDP 5201 of the first server alone.
     *
     * @param weights of the three servers.
     * @return this.
     */
    public HeadraceConfig usual(final List<Integer> weights)
    {
        final int iperf = LabServers.IPERF_PORT;
        return listener("http", "tcp", 80, LabServers.HTTP_PORT, "wrr", weights)
            .listener("dns", "udp", 53, LabServers.DNS_PORT, "wrr", weights)
            .listener("bulk", "tcp", iperf, iperf, "rr", List.of(1))
            .listener("bulk-udp", "udp", iperf, iperf, "rr", List.of(1));
    }

    /** @return this, with the usual listeners and equal weights. */
    public HeadraceConfig usual()
    {
        return usual(EVEN);
    }

    /**
     * @param name       of the listener.
     * @param protocol   tcp or udp.
     * @param port       of the listener.
     * @param serverPort port of the servers.
     * @param scheduler  of the listener.
     * @param weights    of as many servers, from the first.
     * @return this.
     */
    public HeadraceConfig listener(
        final String name,
        final String protocol,
        final int port,
        final int serverPort,
        final String scheduler,
        final List<Integer> weights)
    {
        final StringBuilder text = new StringBuilder();
        final StringBuilder text6 = new StringBuilder();
        final String head = """
                  - name: %s
                    protocol: %s
                    port: %d
                    scheduler: %s
                    health: {type: none}
            %s        servers:
            """.formatted(name, protocol, port, scheduler, timeout + persistence + access + limits);
        text.append(head);
        text6.append(head);
        for (int i = 0; i < weights.size(); i++)
        {
            text.append(server(LabNetwork.serverAddress(i + 1), serverPort, weights.get(i)));
            text6.append(server("\"" + LabNetwork.serverAddress6(i + 1) + "\"", serverPort, weights.get(i)));
        }
        listeners.add(text.toString());
        listeners6.add(text6.toString());
        return this;
    }

    /** @param section of the listeners that are added after this, in braces. @return this. */
    public HeadraceConfig persistence(final String section)
    {
        persistence = "        persistence: " + section + "\n";
        return this;
    }

    /** @param section of the listeners that are added after this, in braces. @return this. */
    public HeadraceConfig access(final String section)
    {
        access = "        access: " + section + "\n";
        return this;
    }

    /** @param section of the listeners that are added after this, in braces. @return this. */
    public HeadraceConfig limits(final String section)
    {
        limits = "        limits: " + section + "\n";
        return this;
    }

    /** @param cpus one worker each, instead of one on the last CPU. @return this. */
    public HeadraceConfig workers(final Integer... cpus)
    {
        workers = "  workers: " + List.of(cpus) + "\n";
        return this;
    }

    /** @param names of the interfaces instead of the laboratory's. @return this. */
    public HeadraceConfig interfaces(final String names)
    {
        this.interfaces = names;
        return this;
    }

    /** @param driver {@code io_uring}, {@code af_xdp} or {@code auto} instead of the laboratory's. @return this. */
    public HeadraceConfig io(final String driver)
    {
        this.io = driver;
        return this;
    }

    /** @param key of the section {@code dataplane} that has no method here. @param value of it. @return this. */
    public HeadraceConfig dataPlane(final String key, final String value)
    {
        this.more += "  " + key + ": " + value + "\n";
        return this;
    }

    /** @param count most connections of a worker. @return this. */
    public HeadraceConfig connections(final int count)
    {
        this.connections = count;
        return this;
    }

    /** @param duration after which an idle connection of the listeners added from here on ends. @return this. */
    public HeadraceConfig timeout(final String duration)
    {
        this.timeout = "        timeouts: {established: " + duration + "}\n";
        return this;
    }

    /** @return the text of the file. */
    @Override
    public String toString()
    {
        return """
            dataplane:
              directory: %s
              io: %s
              interfaces: [%s]
            %s  connections: %d
            %sagent:
              store: %s
            instances:
              - name: lab
                address: %s
                manage-address: true
                listeners:
            %s  - name: lab6
                address: "%s"
                manage-address: true
                listeners:
            %s""".formatted(
            lab.runtimeDirectory(), io, interfaces, workers, connections, more, lab.directory().resolve("store"),
            LabNetwork.VIP, String.join("", listeners), LabNetwork.VIP6, String.join("", listeners6));
    }

    private static String server(final String address, final int port, final int weight)
    {
        return "          - {address: " + address + ", port: " + port + ", weight: " + weight + "}\n";
    }
}
