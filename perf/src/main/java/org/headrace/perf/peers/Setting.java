package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.NetworkNamespace;

import java.util.ArrayList;
import java.util.List;

/**
 * How the laboratory is set for a discipline; the same for every peer that takes part in it.
 *
 * @param isSilent      true if client and servers answer nothing: only packets are counted. Packets that the kernel
 *                      forwards are steered to the balancer's CPU then.
 * @param isGenerating  true if the balancer takes frames that the packet generator redirects into its link.
 * @param isOffloading  true if client and servers leave segmentation and checksums to the link, as veth offers; AF_XDP
 *                      cannot take part then.
 */
record Setting(boolean isSilent, boolean isGenerating, boolean isOffloading)
{
    /** Packets from the generator are counted, nothing else happens. */
    static final Setting PACKETS = new Setting(true, true, true);
    /** Programs talk over a link that takes super-packets. */
    static final Setting OFFLOADS = new Setting(false, false, true);
    /** Programs talk over a link that takes whole packets only. */
    static final Setting NO_OFFLOADS = new Setting(false, false, false);
    /** Programs talk, and the generator sends. */
    static final Setting MIXED = new Setting(false, true, false);

    private static final String LISTENING = """
        table inet silence {
        }
        delete table inet silence
        """;

    /** CPU of load generators and of what the kernel receives for them. */
    static int loadCpu()
    {
        return 0;
    }

    /** CPU of the balancer: the last one, as Headrace chooses by itself. */
    static int balancerCpu()
    {
        return Runtime.getRuntime().availableProcessors() - 1;
    }

    void apply(final Lab lab)
    {
        final List<NetworkNamespace> ends = new ArrayList<>(List.of(lab.client()));
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            ends.add(lab.server(server));
        }
        for (final NetworkNamespace end : ends)
        {
            if (isOffloading)
            {
                LabNetwork.switchOffloadsOn(end);
            }
            else
            {
                LabNetwork.switchOffloadsOff(end);
            }
            Command.check(end.enter(List.of("nft", "-f", "-")), LISTENING);
        }
        lab.balancer().check("ethtool", "-K", LabNetwork.CLIENT_LINK, "gro", isGenerating ? "on" : "off");
        if (isSilent)
        {
            lab.silence();
        }
    }
}
