package org.headrace.perf.peers;

import org.headrace.perf.report.Sample;
import org.headrace.perf.report.Spread;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All figures by name and peer, and what could not be measured. For one thread. */
final class Results
{
    private final Map<String, Map<String, List<Sample>>> samples = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    void add(final String figure, final String peer, final Sample sample)
    {
        samples.computeIfAbsent(figure, _ -> new LinkedHashMap<>()).computeIfAbsent(peer, _ -> new ArrayList<>())
            .add(sample);
    }

    /** A turn that came to nothing. */
    void fail(final Discipline discipline, final Peer peer, final String reason)
    {
        failures.merge(discipline.id() + ": " + peer.title(), reason, (first, _) -> first);
    }

    /** @return figure names in the order of measuring. */
    List<String> figures()
    {
        return List.copyOf(samples.keySet());
    }

    /** @return samples by peer, of a figure. */
    Map<String, List<Sample>> samples(final String figure)
    {
        return samples.getOrDefault(figure, Map.of());
    }

    Optional<Spread> spread(final String figure, final String peer)
    {
        return Optional.ofNullable(samples(figure).get(peer)).map(Spread::of);
    }

    /** @return what failed by discipline and peer: the first reason of each. */
    Map<String, String> failures()
    {
        return failures;
    }

    long count()
    {
        return samples.values().stream().flatMap(peers -> peers.values().stream()).mapToLong(List::size).sum();
    }

    long disturbed()
    {
        return samples.values().stream().flatMap(peers -> peers.values().stream()).flatMap(List::stream)
            .filter(Sample::isDisturbed).count();
    }
}
