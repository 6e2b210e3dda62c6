package org.headrace.perf.peers;

import java.util.List;
import java.util.Map;

/**
 * HTTP requests at half of the rate that the first peer carries at the most, the same for all; how long they take. The
 * same without any hop is what the peers' latency is compared with: the rest is what they add.
 *
 * <p>The most is that of the same generator, which takes more of a CPU for a request than wrk: asked for wrk's rate, it
 * falls behind, and by how much tells what was carried.
 */
final class LatencyWork implements Work
{
    /** Names of the percentiles. */
    static final List<String> PERCENTILES = List.of("p50", "p99", "p999");
    /** Requests per second that were asked for. */
    static final String RATE = "rate";

    private static final int STEP = 100;
    private static final double MICROS_PER_SECOND = 1e6;

    private int requestsPerSecond;

    @Override
    public String title()
    {
        return "HTTP at a fixed rate";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return pace.warmSeconds() + 2.0 * pace.seconds() + 1.2;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Target target = turn.running().target();
        if (requestsPerSecond == 0)
        {
            requestsPerSecond = (int)Math.round(most(turn, target) / 2 / STEP) * STEP;
        }
        turn.measure(errors ->
        {
            final FixedRate rate = FixedRate.run(turn.lab(), target, target.httpOne(), requestsPerSecond,
                turn.pace().warmSeconds(), 2 * turn.pace().seconds());
            rate.addErrors(errors);
            return Map.of("p50", rate.p50Micros(), "p99", rate.p99Micros(), "p999", rate.p999Micros(),
                RATE, (double)requestsPerSecond);
        });
    }

    private static double most(final Turn turn, final Target target)
    {
        final int asked = (int)HttpWork.most(turn, target);
        final int warmSeconds = turn.pace().warmSeconds();
        final int seconds = turn.pace().seconds();
        final FixedRate rate = FixedRate.run(turn.lab(), target, target.httpOne(), asked, warmSeconds, seconds);
        final double takenSeconds = warmSeconds + seconds + rate.maxMicros() / MICROS_PER_SECOND;
        return asked * (double)(warmSeconds + seconds) / takenSeconds;
    }

    /** @param percentile one of {@link #PERCENTILES}. @return for people. */
    static String title(final String percentile)
    {
        return switch (percentile)
        {
            case "p50" -> "50 %";
            case "p99" -> "99 %";
            default -> "99.9 %";
        };
    }
}
