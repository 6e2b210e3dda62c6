package org.headrace.perf.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Draws a picture on white, at twice the resolution of the page. Needs fontconfig and a font, but no screen. */
final class PngCanvas implements Canvas
{
    private static final int SCALE = 2;
    private static final int BITS_PER_COLOUR = 8;

    private final BufferedImage image;
    private final Graphics2D graphics;

    PngCanvas(final int width, final int height)
    {
        System.setProperty("java.awt.headless", "true");
        image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(SCALE, SCALE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
    }

    @Override
    public void line(
        final double x1, final double y1, final double x2, final double y2, final Ink ink, final double width)
    {
        graphics.setColor(colour(ink));
        graphics.setStroke(new BasicStroke((float)width));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void bar(final double x, final double y, final double width, final double height, final Ink ink)
    {
        graphics.setColor(colour(ink));
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void dot(final double x, final double y, final double radius, final Ink ink)
    {
        graphics.setColor(colour(ink));
        graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    @Override
    public void text(
        final double x, final double y, final Anchor anchor, final int size, final Ink ink, final String text)
    {
        graphics.setColor(colour(ink));
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
        final double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        final double left = switch (anchor)
        {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        graphics.drawString(text, (float)left, (float)y);
    }

    /** @param file to be written. @throws IOException if that fails. */
    void write(final Path file) throws IOException
    {
        graphics.dispose();
        ImageIO.write(image, "png", file.toFile());
    }

    private static Color colour(final Ink ink)
    {
        final int rgb = Palette.LIGHT.rgb(ink);
        return new Color(rgb >> 2 * BITS_PER_COLOUR & 0xFF, rgb >> BITS_PER_COLOUR & 0xFF, rgb & 0xFF);
    }
}
