package org.headrace.perf.report;

import java.io.IOException;
import java.nio.file.Path;

/** A plot that can be shown in a page and as a picture. */
public abstract class Plot
{
    static final int WIDTH = 860;

    private final String title;

    /** @param title of the plot, plain text. */
    protected Plot(final String title)
    {
        this.title = title;
    }

    /** @return title of the plot. */
    public String title()
    {
        return title;
    }

    /** @return the plot as SVG for the inside of a page. */
    public String svg()
    {
        final SvgCanvas canvas = new SvgCanvas(WIDTH, height(), title);
        draw(canvas);
        return canvas.toString();
    }

    /** @param file to be written. @throws IOException if that fails. */
    public void writePng(final Path file) throws IOException
    {
        final PngCanvas canvas = new PngCanvas(WIDTH, height());
        draw(canvas);
        canvas.write(file);
    }

    abstract int height();

    abstract void draw(Canvas canvas);
}
