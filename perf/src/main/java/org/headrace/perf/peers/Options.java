package org.headrace.perf.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What was asked for.
 *
 * @param pace      short or long.
 * @param targets   to be measured; empty for all.
 * @param peers     that take part; those of the list that are known.
 * @param directory that takes the report.
 */
record Options(Pace pace, Set<String> targets, List<Peer> peers, Path directory)
{
    static final String USAGE = """
        Usage: scripts/bench [peers] [--quick] [--runs N] [--only P5,P7] [--peers NAME,...] [--out DIRECTORY]
          --quick           less than five minutes instead of half an hour
          --runs N          turns of each peer at each discipline, 1 to 99 (default 5, with --quick 2)
          --only P5,P7      only what these targets need: P4 to P12 and P14; the others come from files
          --peers NAME,...  only these: %s
          --out DIRECTORY   writes peers.html, peers.json and pictures there (default: docs/bench)
        """.formatted(names(PeersPlan.allPeers()));

    private static final Set<String> TARGETS = Set.of("P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P14");

    /**
     * @param args      of the command line.
     * @param directory that takes the report unless another is named.
     * @return what they say.
     * @throws IllegalArgumentException if they say nothing sensible.
     */
    static Options parse(final List<String> args, final Path directory)
    {
        boolean isQuick = false;
        int runs = 0;
        Set<String> targets = Set.of();
        List<Peer> peers = PeersPlan.allPeers();
        Path out = directory;
        for (int i = 0; i < args.size(); i++)
        {
            final String option = args.get(i);
            switch (option)
            {
                case "--quick" -> isQuick = true;
                case "--runs" -> runs = runs(value(args, ++i, option));
                case "--only" -> targets = targets(value(args, ++i, option));
                case "--peers" -> peers = peers(value(args, ++i, option));
                case "--out" -> out = Path.of(value(args, ++i, option));
                default -> throw new IllegalArgumentException("unknown option: " + option + " (try --help)");
            }
        }
        return new Options(isQuick ? Pace.quick(runs) : Pace.full(runs), targets, peers, out.toAbsolutePath());
    }

    private static String value(final List<String> args, final int index, final String option)
    {
        if (index >= args.size())
        {
            throw new IllegalArgumentException(option + " needs a value (try --help)");
        }
        return args.get(index);
    }

    private static int runs(final String text)
    {
        if (!text.matches("[1-9][0-9]?"))
        {
            throw new IllegalArgumentException("--runs " + text + " (expected: 1 to 99)");
        }
        return Integer.parseInt(text);
    }

    private static Set<String> targets(final String text)
    {
        final Set<String> targets = new TreeSet<>(List.of(text.split(",")));
        for (final String target : targets)
        {
            if (!TARGETS.contains(target))
            {
                throw new IllegalArgumentException("--only " + target + " (expected: " +
                    TARGETS.stream().sorted().collect(Collectors.joining(", ")) + ")");
            }
        }
        return targets;
    }

    private static List<Peer> peers(final String text)
    {
        final List<Peer> peers = new ArrayList<>();
        for (final String name : text.split(","))
        {
            peers.add(PeersPlan.allPeers().stream().filter(peer -> peer.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                    "--peers " + name + " (expected: " + names(PeersPlan.allPeers()) + ")")));
        }
        return peers;
    }

    private static String names(final List<Peer> peers)
    {
        return peers.stream().map(Peer::name).collect(Collectors.joining(", "));
    }
}
