package org.headrace.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.health.ProbeResult.Outcome;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** With probes that end when the test says so, in a time of the test's own. */
class ProbeAgentTest
{
    private static final int IN_FLIGHT_LIMIT = 5;

    private final Deque<Consumer<ProbeResult>> pending = new ArrayDeque<>();
    private final List<String> reports = new ArrayList<>();
    private long nowMs = 1_000;
    private final ProbeAgent agent = new ProbeAgent((target, done) -> pending.add(done),
        (target, isUp, reason) -> reports.add(target.server().port() + " " + isUp + " " + reason),
        () -> nowMs, IN_FLIGHT_LIMIT);

    @Test
    void shouldHoldBackProbesBeyondTheLimitInFlight()
    {
        agent.targets(targets(1, 8));
        nowMs += 100;
        assertThat(agent.doWork()).isEqualTo(IN_FLIGHT_LIMIT);
        assertThat(agent.doWork()).isZero();
        end(Outcome.SUCCESS, "connect succeeded");
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(agent.inFlight()).isEqualTo(IN_FLIGHT_LIMIT);
    }

    @Test
    void shouldProbeATargetOnceAtATimeHoweverLongItTakes()
    {
        agent.targets(targets(1, 1));
        agent.doWork();
        nowMs += 60_000;
        assertThat(agent.doWork()).isZero();
        assertThat(pending).hasSize(1);
    }

    @Test
    void shouldKeepTheStateOfATargetThatIsKept()
    {
        agent.targets(targets(1, 1));
        agent.doWork();
        end(Outcome.SUCCESS, "connect succeeded");
        agent.targets(targets(1, 2));
        nowMs += 100;
        assertThat(agent.doWork()).isEqualTo(1);
        end(Outcome.FAILURE, "connect refused");
        assertThat(reports).containsExactly("1 true connect succeeded", "2 false connect refused");
    }

    @Test
    void shouldDropTheResultOfATargetThatWasRemovedMeanwhile()
    {
        agent.targets(targets(1, 1));
        agent.doWork();
        agent.targets(Set.of());
        end(Outcome.SUCCESS, "connect succeeded");
        assertThat(reports).isEmpty();
        assertThat(agent.inFlight()).isZero();
        assertThat(agent.hasTargets()).isFalse();
        agent.targets(targets(1, 1));
        assertThat(agent.doWork()).isEqualTo(1);
    }

    @Test
    void shouldNotBlameTheServerForTroubleOfThisHost()
    {
        agent.targets(targets(1, 1));
        for (int i = 0; i < 10; i++)
        {
            assertThat(agent.doWork()).isEqualTo(1);
            end(i == 0 ? Outcome.SUCCESS : Outcome.INCONCLUSIVE, "too many open files");
            nowMs += 10_000;
        }
        assertThat(reports).hasSize(1);
    }

    @Test
    void shouldGoOnAfterAListenerHasThrown()
    {
        final List<HealthTarget> told = new ArrayList<>();
        final ProbeAgent throwing = new ProbeAgent((target, done) -> pending.add(done), (target, isUp, reason) ->
        {
            told.add(target);
            throw new IllegalStateException("on purpose");
        }, () -> nowMs, IN_FLIGHT_LIMIT);
        throwing.targets(targets(1, 2));
        nowMs += 100;
        throwing.doWork();
        end(Outcome.SUCCESS, "connect succeeded");
        end(Outcome.SUCCESS, "connect succeeded");
        assertThat(told).hasSize(2);
        assertThat(throwing.inFlight()).isZero();
    }

    private void end(final Outcome outcome, final String reason)
    {
        pending.remove().accept(new ProbeResult(outcome, reason));
    }

    private static Set<HealthTarget> targets(final int firstPort, final int lastPort)
    {
        return IntStream.rangeClosed(firstPort, lastPort)
            .mapToObj(port -> new HealthTarget(new Endpoint(IpAddress.parse("10.0.0.1"), port), 5_000, 1_000, 3, 1))
            .collect(Collectors.toSet());
    }
}
