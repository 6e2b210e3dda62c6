package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.NetworkNamespace;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts and swallows the UDP packets of one port and one length that reach a host. */
final class NftCounter implements AutoCloseable
{
    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private final NetworkNamespace host;

    private NftCounter(final NetworkNamespace host)
    {
        this.host = host;
    }

    /** @param host that counts. @param port UDP port. @param length of the IPv4 packets. @return the counter. */
    static NftCounter install(final NetworkNamespace host, final int port, final int length)
    {
        Command.check(host.enter(List.of("nft", "-f", "-")), """
            table ip swallow {
                counter swallowed { }
                chain prerouting {
                    type filter hook prerouting priority -400; policy accept;
                    udp dport %d ip length %d counter name swallowed drop
                }
            }
            """.formatted(port, length));
        return new NftCounter(host);
    }

    long packets()
    {
        final Matcher matcher = PACKETS.matcher(host.check("nft", "list", "counter", "ip", "swallow", "swallowed"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Override
    public void close()
    {
        host.check("nft", "delete", "table", "ip", "swallow");
    }
}
