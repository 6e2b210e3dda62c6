package org.headrace.perf.generate.host;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.NetworkNamespace;

import java.util.List;

/**
 * Keeps the kernel of a namespace from answering frames that the load generator answers itself: an nftables table of
 * its own that drops them where they come in, after packet sockets have seen them. It is gone with {@link #close}.
 */
public final class Silence implements AutoCloseable
{
    private final NetworkNamespace place;
    private final String table = "headrace_load_" + ProcessHandle.current().pid();

    private Silence(final NetworkNamespace place)
    {
        this.place = place;
    }

    /**
     * @param place         namespace.
     * @param interfaceName that the frames come in by.
     * @param matches       nftables expressions for frames that the kernel is not to see.
     * @return the silence, until it is closed.
     * @throws LabException if nftables does not do it.
     */
    public static Silence of(final NetworkNamespace place, final String interfaceName, final List<String> matches)
    {
        final Silence silence = new Silence(place);
        final StringBuilder rules = new StringBuilder();
        matches.forEach(match -> rules.append("  ").append(match).append(" drop\n"));
        Command.check(place.enter(List.of("nft", "-f", "-")), """
            table netdev %s {
              chain ingress {
                type filter hook ingress device "%s" priority 0; policy accept;
              %s  }
            }
            """.formatted(silence.table, interfaceName, rules));
        return silence;
    }

    @Override
    public void close()
    {
        place.run("nft", "delete", "table", "netdev", table);
    }
}
