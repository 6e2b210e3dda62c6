package org.headrace.perf.peers;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One target, or one part of it, and what came of it.
 *
 * @param target   {@code P4}.
 * @param what     is compared.
 * @param goal     the number that was set.
 * @param isAtMost true if less is better.
 * @param unit     after numbers; empty or with a leading blank.
 * @param figure   what was measured; empty if it was not.
 * @param remark   runs it comes from, or why there is none.
 */
record Goal(
    String target, String what, double goal, boolean isAtMost, String unit, OptionalDouble figure, String remark)
{
    private static final double PERCENT = 100;
    private static final double MANY = 100_000;

    /** @return at least this. */
    static Goal atLeast(final String target, final String what, final double goal, final String unit)
    {
        return new Goal(target, what, goal, false, unit, OptionalDouble.empty(), "");
    }

    /** @return at most this. */
    static Goal atMost(final String target, final String what, final double goal, final String unit)
    {
        return new Goal(target, what, goal, true, unit, OptionalDouble.empty(), "");
    }

    Goal measured(final double value, final String newRemark)
    {
        return new Goal(target, what, goal, isAtMost, unit, OptionalDouble.of(value), newRemark);
    }

    Goal without(final String reason)
    {
        return new Goal(target, what, goal, isAtMost, unit, OptionalDouble.empty(), reason);
    }

    boolean isReached()
    {
        return figure.isPresent() && (isAtMost ? figure.getAsDouble() <= goal : figure.getAsDouble() >= goal);
    }

    /** @return 1 or more if reached, less by how much it was missed; empty if it cannot be told. */
    OptionalDouble score()
    {
        if (figure.isEmpty() || goal == 0 || figure.getAsDouble() == 0)
        {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(isAtMost ? goal / figure.getAsDouble() : figure.getAsDouble() / goal);
    }

    String goalText()
    {
        return (isAtMost ? (goal == 0 ? "" : "≤ ") : "≥ ") + number(goal) + unit;
    }

    String figureText()
    {
        return figure.isPresent() ? number(figure.getAsDouble()) + unit : "–";
    }

    /** @return whether it is reached, or by how much not. */
    String verdict()
    {
        if (figure.isEmpty())
        {
            return "not measured";
        }
        if (isReached())
        {
            return "reached";
        }
        final double value = figure.getAsDouble();
        return goal == 0 ? "missed by " + number(value) + unit : String.format(Locale.ROOT, "missed by %.0f %%",
            PERCENT * (isAtMost ? value / goal - 1 : 1 - value / goal));
    }

    private static String number(final double value)
    {
        final double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= MANY ? "%,.0f" : size == Math.rint(size) ? "%,.0f" :
            size < 10 ? "%.2f" : size < 1_000 ? "%.1f" : "%,.0f", value);
    }
}
