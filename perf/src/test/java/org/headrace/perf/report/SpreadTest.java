package org.headrace.perf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.DoubleStream;

class SpreadTest
{
    private static final Sample DISTURBED = new Sample(1_000, true, List.of("others used 40% of a CPU"));

    @Test
    void shouldTakeTheMiddleOfAnOddNumber()
    {
        assertThat(spread(9, 1, 5)).isEqualTo(new Spread(5, 1, 9, 3, 0, false));
    }

    @Test
    void shouldTakeTheMeanOfTheMiddleTwoOfAnEvenNumber()
    {
        assertThat(spread(8, 1, 4, 2).median()).isEqualTo(3);
    }

    @Test
    void shouldBeTheValueItselfIfThereIsOnlyOne()
    {
        assertThat(spread(7)).isEqualTo(new Spread(7, 7, 7, 1, 0, false));
    }

    @Test
    void shouldLeaveOutWhatWasDisturbed()
    {
        final Spread spread = Spread.of(List.of(Sample.of(3), DISTURBED, Sample.of(5)));

        assertThat(spread).isEqualTo(new Spread(4, 3, 5, 2, 1, false));
    }

    @Test
    void shouldTakeDisturbedRunsAndSaySoIfThereIsNoOther()
    {
        assertThat(Spread.of(List.of(DISTURBED))).isEqualTo(new Spread(1_000, 1_000, 1_000, 1, 1, true));
    }

    @Test
    void shouldRefuseNothing()
    {
        assertThatThrownBy(() -> Spread.of(List.of())).hasMessage("samples=0 (expected: 1 or more)");
    }

    @Test
    void shouldCompareMedians()
    {
        assertThat(spread(3, 3, 90).ratioTo(spread(2, 2, 2))).isEqualTo(1.5);
    }

    @Test
    void shouldTellItsWidthAsAShareOfTheMedian()
    {
        assertThat(spread(9, 10, 12).relativeWidth()).isCloseTo(0.3, within(1e-9));
        assertThat(spread(0, 0, 5).relativeWidth()).isZero();
    }

    private static Spread spread(final double... values)
    {
        return Spread.of(DoubleStream.of(values).mapToObj(Sample::of).toList());
    }
}
