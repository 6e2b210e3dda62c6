package org.headrace.forwarder.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TimedState;
import org.junit.jupiter.api.Test;

class TimeoutProfilesTest
{
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private final TimeoutProfiles profiles = new TimeoutProfiles(timeouts);

    @Test
    void shouldGiveEveryDifferentSetAProfileAndTheDefaultsNone() throws RejectedException
    {
        assertThat(profiles.profile(StateTimeouts.DEFAULT)).isZero();
        assertThat(profiles.profile(of(TimedState.CLOSE, 10_000))).as("what is the default anyway").isZero();
        assertThat(profiles.profile(of(TimedState.ESTABLISHED, 5_000))).isEqualTo(1);
        assertThat(profiles.profile(of(TimedState.SYN_RECV, 5_000))).isEqualTo(2);
        assertThat(profiles.profile(of(TimedState.ESTABLISHED, 5_000))).isEqualTo(1);
        assertThat(timeouts.timeoutMs(1, TcpState.ESTABLISHED)).isEqualTo(5_000);
        assertThat(timeouts.timeoutMs(1, TcpState.UDP)).isEqualTo(5_000);
        assertThat(timeouts.timeoutMs(1, TcpState.SYN_RECV)).isEqualTo(60_000);
        assertThat(timeouts.timeoutMs(2, TcpState.SYN_RECV)).isEqualTo(5_000);
        assertThat(timeouts.timeoutMs(2, TcpState.UDP)).isEqualTo(300_000);
    }

    @Test
    void shouldSetEveryState() throws RejectedException
    {
        StateTimeouts all = StateTimeouts.DEFAULT;
        for (final TimedState state : TimedState.values())
        {
            all = all.with(state, 1_000 + state.ordinal());
        }
        final int profile = profiles.profile(all);
        final int[] states = {TcpState.ESTABLISHED, TcpState.SYN_SENT, TcpState.SYN_RECV, TcpState.FIN_WAIT,
            TcpState.TIME_WAIT, TcpState.CLOSE, TcpState.CLOSE_WAIT, TcpState.LAST_ACK};
        for (int i = 0; i < states.length; i++)
        {
            assertThat(timeouts.timeoutMs(profile, states[i])).isEqualTo(1_000 + i);
        }
    }

    @Test
    void shouldNumberThemAsAPredecessorDid() throws RejectedException
    {
        profiles.profile(of(TimedState.ESTABLISHED, 5_000));
        profiles.profile(of(TimedState.CLOSE_WAIT, 5_000));
        final IdleTimeouts later = new IdleTimeouts();
        final TimeoutProfiles successor = new TimeoutProfiles(later);
        successor.restore(profiles.rows());
        assertThat(successor.profile(of(TimedState.CLOSE_WAIT, 5_000))).isEqualTo(2);
        assertThat(later.timeoutMs(2, TcpState.CLOSE_WAIT)).isEqualTo(5_000);
        assertThat(successor.profile(of(TimedState.CLOSE_WAIT, 6_000))).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws RejectedException
    {
        for (int i = 1; i < IdleTimeouts.PROFILES; i++)
        {
            assertThat(profiles.profile(of(TimedState.LAST_ACK, 1_000 + i))).isEqualTo(i);
        }
        assertThatThrownBy(() -> profiles.profile(of(TimedState.LAST_ACK, 9_999)))
            .isInstanceOf(RejectedException.class)
            .hasMessage("different sets of idle timeouts > 255, one more is timeouts last-ack=9999");
    }

    @Test
    void shouldSayWhatIsOutOfRange()
    {
        assertThat(TimeoutProfiles.problem(StateTimeouts.DEFAULT)).isNull();
        assertThat(TimeoutProfiles.problem(of(TimedState.ESTABLISHED, 604_800_000))).isNull();
        assertThat(TimeoutProfiles.problem(of(TimedState.ESTABLISHED, 4_294_967_294L)))
            .isEqualTo("established timeoutMs=4294967294 is outside 1000..604800000");
        assertThat(TimeoutProfiles.problem(of(TimedState.SYN_RECV, 999)))
            .isEqualTo("syn-recv timeoutMs=999 is outside 1000..3600000");
    }

    private static StateTimeouts of(final TimedState state, final long ms)
    {
        return StateTimeouts.DEFAULT.with(state, ms);
    }
}
