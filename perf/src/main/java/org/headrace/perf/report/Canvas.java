package org.headrace.perf.report;

/**
 * What a plot is drawn on: a page's SVG or a picture. Coordinates are pixels from the upper left corner.
 */
interface Canvas
{
    /** Where a text stands relative to its point. */
    enum Anchor
    {
        START,
        MIDDLE,
        END
    }

    /** Ink and paper. The palette has {@link #SERIES} colours; what is drawn must be readable on light and on dark. */
    enum Ink
    {
        TEXT,
        FAINT,
        GRID,
        TARGET,
        SERIES_0,
        SERIES_1,
        SERIES_2,
        SERIES_3,
        SERIES_4,
        SERIES_5,
        SERIES_6,
        SERIES_7;

        static final int SERIES = 8;

        static Ink series(final int index)
        {
            return values()[SERIES_0.ordinal() + index % SERIES];
        }
    }

    void line(double x1, double y1, double x2, double y2, Ink ink, double width);

    void bar(double x, double y, double width, double height, Ink ink);

    void dot(double x, double y, double radius, Ink ink);

    void text(double x, double y, Anchor anchor, int size, Ink ink, String text);
}
