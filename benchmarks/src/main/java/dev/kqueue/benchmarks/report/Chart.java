package dev.kqueue.benchmarks.report;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;

import dev.kqueue.benchmarks.Comparison;

import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.List;
import java.util.Map;

/** A chapter's ratios as bars, from 1 to the right or to the left. Its colours stand out from white and from black. */
final class Chart {
    private static final Color TEXT = new Color(0x7d8590);
    private static final Color CLEAR = new Color(0, 0, 0, 0);
    private static final int WIDTH = 860;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Map<String, Color> COLORS =
            Map.of(
                    "ours", new Color(0x3b82f6),
                    "jdk-kqueue", new Color(0xd97706),
                    "C", new Color(0x16a34a),
                    "floor", new Color(0x16a34a),
                    "Netty epoll", new Color(0x16a34a));

    private Chart() {}

    /** True if there was something to draw: two sides at least. */
    static boolean draw(List<Comparison> comparisons, String meaning, Path file) throws IOException {
        DefaultCategoryDataset ratios = new DefaultCategoryDataset();
        double least = -1;
        double most = 1;
        for (Comparison comparison : comparisons) {
            String base = comparison.sides().iterator().next();
            for (String side : comparison.sides()) {
                if (!side.equals(base)) {
                    // Twice as fast is as far to the right as half as fast is to the left.
                    double ratio = Math.log(comparison.faster(side, base).value()) / Math.log(2);
                    ratios.addValue(ratio, side, label(comparison));
                    least = Math.min(least, ratio - 0.2);
                    most = Math.max(most, ratio + 0.2);
                }
            }
        }
        if (ratios.getRowCount() == 0) {
            return false;
        }
        JFreeChart chart =
                ChartFactory.createBarChart(null, null, null, ratios, PlotOrientation.HORIZONTAL, true, false, false);
        style(chart, ratios, meaning, least, most);
        int height = 90 + ratios.getColumnCount() * (10 + 12 * ratios.getRowCount());
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        try (OutputStream out = new FileOutputStream(file.toFile())) {
            new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(WIDTH, height)).writeTo(out);
        }
        return true;
    }

    /** What tells the cases of a chapter apart: their names are in the table. */
    private static String label(Comparison comparison) {
        return comparison.name().replaceFirst("^[^. ]*[. ]", "").replaceAll("\\w+=", "");
    }

    private static void style(
            JFreeChart chart, DefaultCategoryDataset ratios, String meaning, double least, double most) {
        chart.setBackgroundPaint(CLEAR);
        chart.getLegend().setBackgroundPaint(CLEAR);
        chart.getLegend().setFrame(BlockBorder.NONE);
        chart.getLegend().setItemPaint(TEXT);
        chart.getLegend().setItemFont(FONT);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(CLEAR);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(TEXT);
        plot.addRangeMarker(new ValueMarker(0, TEXT, new BasicStroke(1.5f)));
        plot.getDomainAxis().setTickLabelPaint(TEXT);
        plot.getDomainAxis().setTickLabelFont(FONT);
        plot.getDomainAxis().setAxisLinePaint(TEXT);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.5f);
        plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
        NumberAxis axis = new NumberAxis(meaning);
        axis.setTickUnit(new NumberTickUnit(1, new PowerOfTwo()));
        axis.setRange(least, most);
        axis.setTickLabelPaint(TEXT);
        axis.setTickLabelFont(FONT);
        axis.setLabelPaint(TEXT);
        axis.setLabelFont(FONT);
        plot.setRangeAxis(axis);
        BarRenderer renderer = (BarRenderer) plot.getRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0.05);
        for (int row = 0; row < ratios.getRowCount(); row++) {
            renderer.setSeriesPaint(row, COLORS.getOrDefault(ratios.getRowKey(row), TEXT));
        }
    }

    /** Of a logarithm, what it is the logarithm of: "1/4", "2". */
    private static final class PowerOfTwo extends NumberFormat {
        private static final long serialVersionUID = 1;

        @Override
        public StringBuffer format(double exponent, StringBuffer to, FieldPosition position) {
            return to.append(exponent < 0 ? "1/" : "").append(Math.round(Math.pow(2, Math.abs(exponent))));
        }

        @Override
        public StringBuffer format(long exponent, StringBuffer to, FieldPosition position) {
            return format((double) exponent, to, position);
        }

        @Override
        public Number parse(String text, ParsePosition position) {
            throw new UnsupportedOperationException();
        }
    }
}
