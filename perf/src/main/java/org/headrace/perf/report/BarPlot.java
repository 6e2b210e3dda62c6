package org.headrace.perf.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Lying bars in groups: the median as a bar, least to most as a whisker, and a text at its end. A group may have a
 * target, drawn as a line across it.
 */
public final class BarPlot extends Plot
{
    private static final int LEAST_LEFT = 150;
    private static final double PIXELS_PER_LETTER = 7.2;
    private static final int RIGHT = 130;
    private static final int TOP = 62;
    private static final int BAR = 20;
    private static final int GAP = 5;
    private static final int GROUP_HEAD = 24;
    private static final int BOTTOM = 34;

    private record Bar(String label, Spread spread, String text, int colour)
    {
    }

    private record Group(String name, double target, List<Bar> bars)
    {
    }

    private final String unit;
    private final List<Group> groups = new ArrayList<>();

    /** @param title of the plot. @param unit of the axis. */
    public BarPlot(final String title, final String unit)
    {
        super(title);
        this.unit = unit;
    }

    /** @param name of the group of bars that follow; empty for none. @return this. */
    public BarPlot group(final String name)
    {
        return group(name, Double.NaN);
    }

    /** @param name of the group. @param target drawn as a line; {@code NaN} for none. @return this. */
    public BarPlot group(final String name, final double target)
    {
        groups.add(new Group(name, target, new ArrayList<>()));
        return this;
    }

    /**
     * @param label  before the bar.
     * @param spread length of the bar; null if there is none, but only the text that says why.
     * @param text   after the bar.
     * @param colour index in the palette.
     */
    public void bar(final String label, final Spread spread, final String text, final int colour)
    {
        groups.getLast().bars().add(new Bar(label, spread, text, colour));
    }

    /** @return true if there is nothing with a length. */
    public boolean isEmpty()
    {
        return groups.stream().flatMap(group -> group.bars().stream()).allMatch(bar -> bar.spread() == null);
    }

    @Override
    int height()
    {
        int height = TOP + BOTTOM;
        for (final Group group : groups)
        {
            height += (group.name().isEmpty() ? GAP : GROUP_HEAD) + group.bars().size() * (BAR + GAP);
        }
        return height;
    }

    @Override
    void draw(final Canvas canvas)
    {
        canvas.text(8, 24, Canvas.Anchor.START, 17, Canvas.Ink.TEXT, title());
        canvas.text(8, 44, Canvas.Anchor.START, 13, Canvas.Ink.FAINT, unit);
        final Scale scale = scale();
        final int bottom = height() - BOTTOM;
        for (int mark = 0; mark <= scale.marks(); mark++)
        {
            final double x = x(scale, mark * scale.step());
            canvas.line(x, TOP - 4, x, bottom, Canvas.Ink.GRID, 1);
            canvas.text(x, bottom + 18, Canvas.Anchor.MIDDLE, 12, Canvas.Ink.FAINT, scale.text(mark * scale.step()));
        }
        double y = TOP;
        for (final Group group : groups)
        {
            y = draw(canvas, scale, group, y);
        }
    }

    private double draw(final Canvas canvas, final Scale scale, final Group group, final double top)
    {
        double y = top + GAP;
        if (!group.name().isEmpty())
        {
            canvas.text(8, top + 17, Canvas.Anchor.START, 13, Canvas.Ink.TEXT, group.name());
            y = top + GROUP_HEAD;
        }
        final double first = y;
        for (final Bar bar : group.bars())
        {
            draw(canvas, scale, bar, y);
            y += BAR + GAP;
        }
        if (!Double.isNaN(group.target()))
        {
            final double x = x(scale, group.target());
            canvas.line(x, first - 3, x, y - GAP + 3, Canvas.Ink.TARGET, 2);
        }
        return y;
    }

    private void draw(final Canvas canvas, final Scale scale, final Bar bar, final double y)
    {
        final double middle = y + BAR / 2.0;
        canvas.text(left() - 8, middle + 5, Canvas.Anchor.END, 13, Canvas.Ink.TEXT, bar.label());
        double end = left();
        if (bar.spread() != null)
        {
            end = x(scale, bar.spread().median());
            canvas.bar(left(), y, Math.max(1, end - left()), BAR, Canvas.Ink.series(bar.colour()));
            final double least = x(scale, bar.spread().least());
            final double most = x(scale, bar.spread().most());
            canvas.line(least, middle, most, middle, Canvas.Ink.TEXT, 1.5);
            canvas.line(least, middle - 4, least, middle + 4, Canvas.Ink.TEXT, 1.5);
            canvas.line(most, middle - 4, most, middle + 4, Canvas.Ink.TEXT, 1.5);
            end = Math.max(end, most);
        }
        canvas.text(end + 8, middle + 5, Canvas.Anchor.START, 13, Canvas.Ink.TEXT, bar.text());
    }

    private Scale scale()
    {
        double most = 0;
        for (final Group group : groups)
        {
            most = Double.isNaN(group.target()) ? most : Math.max(most, group.target());
            for (final Bar bar : group.bars())
            {
                most = bar.spread() == null ? most : Math.max(most, bar.spread().most());
            }
        }
        return Scale.upTo(most > 0 ? most : 1);
    }

    private double x(final Scale scale, final double value)
    {
        return left() + (WIDTH - left() - RIGHT) * value / scale.top();
    }

    /** Where the bars begin: behind the longest label, whose length in pixels is an estimate. */
    private double left()
    {
        final int letters = groups.stream().flatMap(group -> group.bars().stream())
            .mapToInt(bar -> bar.label().length()).max().orElse(0);
        return Math.max(LEAST_LEFT, 20 + letters * PIXELS_PER_LETTER);
    }
}
