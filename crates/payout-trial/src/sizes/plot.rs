//! A plot in SVG: lines over sizes, each size ten times the last.

use std::fmt::{self, Display, Formatter};

/// Cost against size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plot {
    pub(super) title: &'static str,
    /// What goes up, with its unit.
    pub(super) upwards: &'static str,
    /// When and of what it was measured.
    pub(super) caption: String,
    /// The sizes, from left to right.
    pub(super) sizes: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// One thing over all sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: &'static str,
    /// In thousandths of the unit, one for each size.
    pub(super) values: Vec<u64>,
}

/// Everything below is in user units of the drawing.
const WIDTH: u64 = 720;
const HEIGHT: u64 = 400;
/// The drawing's own ground, between the words around it.
const LEFT: u64 = 70;
const RIGHT: u64 = 680;
const TOP: u64 = 96;
const BOTTOM: u64 = 320;

/// How many parts the upward axis is divided into.
const PARTS: u64 = 5;

impl Plot {
    /// How far from the left the size in this place is.
    fn x(&self, place: usize) -> u64 {
        let last = u64::try_from(self.sizes.len().saturating_sub(1)).unwrap_or(1).max(1);
        let place = u64::try_from(place).unwrap_or(0);
        let room = RIGHT.saturating_sub(LEFT).saturating_sub(60);
        LEFT.saturating_add(30).saturating_add(room.saturating_mul(place).div_euclid(last))
    }

    /// The value at the top.
    fn most(&self) -> u64 {
        let values = self.lines.iter().flat_map(|line| line.values.iter().copied());
        round_up(values.max().unwrap_or(0).max(1))
    }

    /// Lines across with their values, and the sizes below.
    fn axes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let most = self.most();
        for part in 0..=PARTS {
            let value = most.saturating_mul(part).div_euclid(PARTS);
            let y = y(value, most);
            writeln!(f, r##"<path d="M{LEFT} {y}H{RIGHT}" stroke="#d8d8d8"/>"##)?;
            let (x, y) = (LEFT.saturating_sub(8), y.saturating_add(4));
            writeln!(f, r#"<text x="{x}" y="{y}" text-anchor="end">{}</text>"#, shown(value))?;
        }
        for (place, size) in self.sizes.iter().enumerate() {
            let (x, y) = (self.x(place), BOTTOM.saturating_add(20));
            writeln!(f, r#"<text x="{x}" y="{y}" text-anchor="middle">{size}</text>"#)?;
        }
        let (x, y) = (LEFT.midpoint(RIGHT), BOTTOM.saturating_add(42));
        let below = "payouts in the store, each step ten times as many";
        writeln!(f, r#"<text x="{x}" y="{y}" text-anchor="middle">{below}</text>"#)
    }

    fn line(&self, f: &mut Formatter<'_>, line: &Line) -> fmt::Result {
        let (most, colour) = (self.most(), line.colour);
        let points = line.values.iter().enumerate();
        let points: Vec<_> =
            points.map(|(place, value)| (self.x(place), y(*value, most))).collect();
        let path: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let path = path.join(" ");
        writeln!(
            f,
            r#"<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>"#
        )?;
        for (x, y) in points {
            writeln!(f, r#"<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>"#)?;
        }
        Ok(())
    }

    /// The values at one size, each near its point and none over another.
    fn values(&self, f: &mut Formatter<'_>, place: usize) -> fmt::Result {
        let (most, x) = (self.most(), self.x(place));
        let values =
            self.lines.iter().filter_map(|line| Some((line.values.get(place)?, line.colour)));
        let mut values: Vec<_> =
            values.map(|(value, colour)| (y(*value, most), *value, colour)).collect();
        values.sort_unstable();
        let mut free = 0;
        for (point, value, colour) in values {
            let above = point.saturating_sub(8);
            let y = if above >= free { above } else { free.max(point.saturating_add(16)) };
            free = y.saturating_add(13);
            let value = shown(value);
            writeln!(
                f,
                r#"<text x="{x}" y="{y}" text-anchor="middle" font-size="11" fill="{colour}">{value}</text>"#
            )?;
        }
        Ok(())
    }

    /// Which colour is which line.
    fn legend(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut x = LEFT;
        for Line { name, colour, .. } in &self.lines {
            let (y, text_x) = (TOP.saturating_sub(32), x.saturating_add(24));
            let end = x.saturating_add(18);
            writeln!(f, r#"<path d="M{x} {y}H{end}" stroke="{colour}" stroke-width="3"/>"#)?;
            let text_y = y.saturating_add(4);
            writeln!(f, r#"<text x="{text_x}" y="{text_y}">{name}</text>"#)?;
            // A letter is a little less than seven units wide.
            let width = u64::try_from(name.chars().count()).unwrap_or(0).saturating_mul(7);
            x = text_x.saturating_add(width).saturating_add(18);
        }
        Ok(())
    }
}

impl Display for Plot {
    /// The whole file.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { title, upwards, caption, .. } = self;
        writeln!(
            f,
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#222" role="img">"##
        )?;
        writeln!(f, "<title>{title}: {upwards}</title>")?;
        writeln!(f, r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"##)?;
        writeln!(f, r#"<text x="20" y="26" font-size="16" font-weight="bold">{title}</text>"#)?;
        writeln!(f, r#"<text x="20" y="46">{upwards}</text>"#)?;
        self.legend(f)?;
        self.axes(f)?;
        for line in &self.lines {
            self.line(f, line)?;
        }
        for place in 0..self.sizes.len() {
            self.values(f, place)?;
        }
        let y = HEIGHT.saturating_sub(12);
        writeln!(f, r##"<text x="20" y="{y}" font-size="11" fill="#666">{caption}</text>"##)?;
        writeln!(f, "</svg>")
    }
}

/// How far from the top a value is.
fn y(value: u64, most: u64) -> u64 {
    let room = BOTTOM.saturating_sub(TOP);
    BOTTOM.saturating_sub(value.saturating_mul(room).checked_div(most).unwrap_or(0))
}

/// The next number that begins with one of a few digits, with a little room above the value.
fn round_up(value: u64) -> u64 {
    let wanted = value.saturating_add(value.div_euclid(20));
    let decades = std::iter::successors(Some(1_u64), |decade| decade.checked_mul(10));
    let steps =
        |decade: u64| [10_u64, 15, 20, 30, 40, 50, 60, 80].map(|it| it.saturating_mul(decade));
    decades.flat_map(steps).find(|step| *step >= wanted).unwrap_or(u64::MAX)
}

/// A number of thousandths, with as many digits as say something.
fn shown(thousandths: u64) -> String {
    let (whole, rest) = (thousandths.div_euclid(1000), thousandths.rem_euclid(1000));
    if rest == 0 || whole >= 10 {
        return whole.saturating_add(u64::from(rest >= 500)).to_string();
    }
    format!("{whole}.{}", rest.div_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        let line = |name: &str, values: [u64; 3]| Line {
            name: name.to_owned(),
            colour: "#1f6feb",
            values: values.to_vec(),
        };
        Plot {
            title: "Signed create",
            upwards: "processor time of one, µs",
            caption: "2026-11-30".to_owned(),
            sizes: ["0", "10,000", "100,000"].map(str::to_owned).to_vec(),
            lines: vec![line("this store", [400_000, 401_600, 2_400])],
        }
    }

    #[test]
    fn a_value_is_as_high_as_it_is_large_and_equal_steps_are_equally_wide() {
        let plot = plot();
        let most = plot.most();

        assert_eq!(most, 500_000);
        assert_eq!((y(0, most), y(most, most), y(250_000, most)), (BOTTOM, TOP, 208));
        assert_eq!([0, 1, 2].map(|place| plot.x(place)), [100, 375, 650]);
    }

    #[test]
    fn a_plot_shows_each_value_and_where_it_is_from() {
        let svg = plot().to_string();

        for text in ["Signed create", "µs", "2026-11-30", ">400<", ">402<", ">2.4<", "100,000"] {
            assert!(svg.contains(text), "{text} is not in {svg}");
        }
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn no_value_is_written_over_another() {
        let mut plot = plot();
        plot.lines = ["one", "two", "three"]
            .map(|name| Line { name: name.to_owned(), ..plot.lines[0].clone() })
            .to_vec();

        let svg = plot.to_string();
        let written = svg.lines().filter(|line| line.contains(">400<"));
        let heights: Vec<_> = written.map(|line| line.split("y=\"").nth(1)).collect();
        assert_eq!(heights.len(), 4, "three values, and one of the axis: {svg}");
        let mut once = heights.clone();
        once.dedup();
        assert_eq!(once, heights);
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        assert_eq!([1, 19, 46, 900, 1_144_000].map(round_up), [10, 20, 50, 1000, 1_500_000]);
    }
}
