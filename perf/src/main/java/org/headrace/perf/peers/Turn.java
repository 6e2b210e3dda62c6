package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.report.Sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One peer at one discipline, once. The peer is started when it is first asked for. */
final class Turn implements AutoCloseable
{
    private final Lab lab;
    private final Discipline discipline;
    private final Peer peer;
    private final Pace pace;
    private final Results results;
    private final Consumer<String> progress;
    private RunningPeer running;

    Turn(
        final Lab lab,
        final Discipline discipline,
        final Peer peer,
        final Pace pace,
        final Results results,
        final Consumer<String> progress)
    {
        this.lab = lab;
        this.discipline = discipline;
        this.peer = peer;
        this.pace = pace;
        this.results = results;
        this.progress = progress;
    }

    Lab lab()
    {
        return lab;
    }

    Peer peer()
    {
        return peer;
    }

    Pace pace()
    {
        return pace;
    }

    /** @return the peer, forwarding. */
    RunningPeer running()
    {
        if (running == null)
        {
            running = peer.start(lab, discipline.setting());
        }
        return running;
    }

    /** @param measurement to do now, while the machine is watched; its figures are kept. */
    void measure(final Measurement measurement)
    {
        final Disturbance disturbance = new Disturbance();
        final List<String> errors = new ArrayList<>();
        final Map<String, Double> figures = measurement.measure(errors);
        final List<String> disturbances = disturbance.notes();
        final List<String> notes = new ArrayList<>(disturbances);
        notes.addAll(errors);
        figures.forEach((figure, value) -> results.add(discipline.id() + "/" + figure, peer.name(),
            new Sample(value, !disturbances.isEmpty(), notes)));
        progress.accept(figures.entrySet().stream().sorted(Map.Entry.comparingByKey())
            .map(figure -> figure.getKey() + " " + text(figure.getValue())).collect(Collectors.joining(", ")) +
            (notes.isEmpty() ? "" : " " + notes));
    }

    /** About four digits. */
    private static String text(final double value)
    {
        return String.format(
            Locale.ROOT, value >= 1_000 || value == 0 ? "%,.0f" : value >= 10 ? "%.1f" : "%.3f", value);
    }

    @Override
    public void close()
    {
        if (running != null)
        {
            running.close();
            running = null;
        }
    }

    /** Measures; what went wrong without making the figures worthless goes to the errors. */
    @FunctionalInterface
    interface Measurement
    {
        /** @param errors takes notes. @return values by figure, in its unit. */
        Map<String, Double> measure(List<String> errors);
    }
}
