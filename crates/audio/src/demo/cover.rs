//! The covers: each a small painting computed point by point.

use super::pieces::Piece;
use crate::AudioError;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use model::{Entropy, SeededEntropy};

/// Pixels of a side.
pub(super) const SIDE: u32 = 640;
const QUALITY: u8 = 90;

/// What a cover shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cover {
    Lanterns,
    Estuary,
    Waltz,
    Birds,
    Dusk,
    Harbour,
    Tram,
    Glass,
    River,
    Desert,
}

type Colour = [f32; 3];

/// Draws the cover of a piece as a JPEG.
pub(super) fn draw(piece: &Piece) -> Result<Vec<u8>, AudioError> {
    let mut chance = SeededEntropy::from_seed(piece.seed);
    let dots: Vec<[f32; 4]> =
        (0..48).map(|_| [0; 4].map(|_: i32| chance.below(10_000) as f32 / 10_000.0)).collect();
    let paint = match piece.cover {
        Cover::Lanterns => lanterns,
        Cover::Estuary => estuary,
        Cover::Waltz => waltz,
        Cover::Birds => birds,
        Cover::Dusk => dusk,
        Cover::Harbour => harbour,
        Cover::Tram => tram,
        Cover::Glass => glass,
        Cover::River => river,
        Cover::Desert => desert,
    };
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let mut sum = [0.0; 3];
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.75)] {
            let colour = paint((x as f32 + dx) / SIDE as f32, (y as f32 + dy) / SIDE as f32, &dots);
            sum = [0, 1, 2].map(|part| sum[part] + colour[part].clamp(0.0, 1.0) * 0.5);
        }
        // Paper has a grain; it also hides the steps of a gradient.
        let grain = (hash(x, y) - 0.5) * 0.022;
        Rgb(sum.map(|part| ((part + grain).clamp(0.0, 1.0) * 255.0).round() as u8))
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(&picture)
        .map_err(|error| AudioError::io("draw", error))?;
    Ok(bytes)
}

fn hash(x: u32, y: u32) -> f32 {
    let mixed = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263));
    let mixed = (mixed ^ mixed >> 13).wrapping_mul(1_274_126_177);
    ((mixed ^ mixed >> 16) & 0xffff) as f32 / 65_535.0
}

/// Value noise, between 0 and 1.
fn noise(x: f32, y: f32) -> f32 {
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (smooth(x - column), smooth(y - row));
    let corner =
        |dx: i32, dy: i32| hash((column as i32 + dx).cast_unsigned(), (row as i32 + dy).cast_unsigned());
    let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * u;
    let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * u;
    top + (bottom - top) * v
}

fn hills(x: f32, y: f32) -> f32 {
    noise(x, y) * 0.55 + noise(x * 2.1, y * 2.1 + 7.0) * 0.3 + noise(x * 4.3, y * 4.3 + 3.0) * 0.15
}

fn mix(a: Colour, b: Colour, part: f32) -> Colour {
    let part = part.clamp(0.0, 1.0);
    [0, 1, 2].map(|at| a[at] + (b[at] - a[at]) * part)
}

fn glow(under: Colour, light: Colour, strength: f32) -> Colour {
    [0, 1, 2].map(|at| under[at] + light[at] * strength)
}

/// 1 below the edge, 0 above, soft over `width`.
fn below(value: f32, edge: f32, width: f32) -> f32 {
    let part = ((edge - value) / width + 0.5).clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

fn rgb(hex: u32) -> Colour {
    [hex >> 16 & 255, hex >> 8 & 255, hex & 255].map(|part| part as f32 / 255.0)
}

fn distance(x: f32, y: f32, cx: f32, cy: f32) -> f32 {
    ((x - cx).powi(2) + (y - cy).powi(2)).sqrt()
}

fn lanterns(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let mut colour = mix(rgb(0x0b102e), rgb(0x4a2a5c), y * 1.1);
    for [cx, cy, size, warmth] in &dots[..22] {
        let radius = 0.018 + size * size * 0.06;
        let (cx, cy) = (*cx, cy * 0.95);
        let body = distance(x, (y - cy) * 0.8 + cy, cx, cy);
        let light = mix(rgb(0xffb347), rgb(0xff6f61), *warmth);
        colour = glow(colour, light, 0.10 * radius * radius / (body * body + 0.0006) * 2.2);
        colour = mix(
            colour,
            mix(rgb(0xfff3c4), light, body / radius),
            below(body, radius, 0.006) * (0.55 + 0.45 * size),
        );
    }
    colour
}

fn estuary(x: f32, y: f32, _: &[[f32; 4]]) -> Colour {
    let sun = distance(x, y, 0.64, 0.36);
    let mut colour = mix(rgb(0xf7d9c4), rgb(0xa9cdd7), (y - 0.1) * 1.8);
    colour = glow(colour, rgb(0xffe0a8), (0.35 - sun).max(0.0) * 0.8);
    colour = mix(colour, rgb(0xfff6df), below(sun, 0.085, 0.006));
    let layers = [rgb(0x9fbfc4), rgb(0x7fa9ab), rgb(0x5d8e8c), rgb(0x3f706e), rgb(0x275253), rgb(0x17383c)];
    for (number, layer) in layers.into_iter().enumerate() {
        let depth = number as f32;
        let edge = 0.46 + depth * 0.09 + (hills(x * (1.4 + depth * 0.5) + depth * 9.0, depth) - 0.5) * 0.16;
        colour = mix(layer, colour, below(y, edge, 0.005));
    }
    colour
}

fn waltz(x: f32, y: f32, _: &[[f32; 4]]) -> Colour {
    let centres = [(0.36, 0.42), (0.66, 0.4), (0.5, 0.68)];
    let waves: f32 = centres.iter().map(|(cx, cy)| (distance(x, y, *cx, *cy) * 92.0).cos()).sum();
    let falloff = 1.0 - distance(x, y, 0.5, 0.5) * 0.9;
    let copper = mix(rgb(0x3b1612), rgb(0xd9824a), (waves / 3.0 * 0.5 + 0.5) * falloff);
    let bright = ((waves - 1.6) * 0.6).clamp(0.0, 1.0);
    mix(copper, rgb(0xffe3b8), bright * falloff)
}

/// How near a point is to a bird with spread wings, 1 inside.
fn bird(x: f32, y: f32, cx: f32, cy: f32, size: f32) -> f32 {
    let (dx, dy) = (((x - cx) / size).abs(), (y - cy) / size);
    if dx > 1.0 {
        return 0.0;
    }
    let wing = -0.42 * (dx * std::f32::consts::PI).sin() + 0.22 * dx;
    below((dy - wing).abs(), 0.10 * (1.0 - dx) + 0.015, 0.05)
}

fn birds(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let cloud = hills(x * 2.2 + 3.0, y * 5.0);
    let mut colour = mix(rgb(0xfdf1dc), rgb(0xf4b89a), y * 1.05);
    colour = mix(colour, rgb(0xfffffa), (cloud - 0.45) * 1.3);
    colour = mix(colour, rgb(0xe8604c), below(distance(x, y, 0.68, 0.66), 0.15, 0.005));
    for (number, [dx, dy, size, _]) in dots[..9].iter().enumerate() {
        let (column, row) = ((number % 3) as f32, (number / 3) as f32);
        let (cx, cy) = (0.2 + column * 0.28 + (dx - 0.5) * 0.14, 0.2 + row * 0.2 + (dy - 0.5) * 0.12);
        colour = mix(colour, rgb(0x2b2d42), bird(x, y, cx, cy, 0.05 + size * 0.05));
    }
    colour
}

fn dusk(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let mut colour = mix(rgb(0x1d1b3a), rgb(0xc85553), y * 1.15);
    colour = mix(colour, rgb(0xf9c784), (y - 0.55) * 1.9 * (1.0 - (x - 0.42).abs()));
    colour = mix(colour, rgb(0xffeed0), below(distance(x, y, 0.42, 0.7), 0.06, 0.005));
    for [dx, dy, size, _] in &dots[..16] {
        colour =
            mix(colour, rgb(0x141226), bird(x, y, dx * 0.9 + 0.05, 0.08 + dy * 0.42, 0.016 + size * 0.024));
    }
    // Bare trees with nests: trunks, and crowns of fine noise.
    for (number, centre) in [0.14, 0.3, 0.62, 0.78, 0.92].into_iter().enumerate() {
        let height = 0.44 + 0.08 * (number as f32 * 2.3).sin();
        let trunk = (x - centre - (y - 1.0) * 0.03 * (number as f32 - 2.0)).abs();
        colour = mix(
            colour,
            rgb(0x0f0d1c),
            below(trunk, 0.006 + (y - height) * 0.012, 0.003) * below(-y, -height, 0.02),
        );
        let crown = distance(x, y * 1.2, centre, height * 1.2 + 0.05);
        let twigs = noise(x * 70.0, y * 70.0) * 0.6 + noise(x * 31.0, y * 44.0) * 0.4;
        colour = mix(colour, rgb(0x0f0d1c), below(crown + twigs * 0.12, 0.165, 0.02));
    }
    mix(colour, rgb(0x0f0d1c), below(-y, -0.9 - (hills(x * 3.0, 1.0) - 0.5) * 0.06, 0.006))
}

fn harbour(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let horizon = 0.46;
    let mut colour = mix(rgb(0x060d1f), rgb(0x1c3a57), y / horizon);
    if y > horizon {
        colour = mix(rgb(0x142c45), rgb(0x040916), (y - horizon) * 2.0);
    }
    for [place, height, warmth, size] in &dots[..20] {
        let light = mix(rgb(0xffc86b), rgb(0x6bd6ff), (warmth - 0.55) * 4.0);
        let cy = horizon - 0.012 - height * 0.07;
        let spot = distance(x, y, *place, cy);
        colour = glow(colour, light, 0.000_28 * (0.5 + size) / (spot * spot + 0.000_12));
        if y > horizon {
            let waver = (noise(place * 90.0, y * 46.0) - 0.5) * (0.02 + (y - horizon) * 0.11);
            let near = (x - place - waver) / (0.006 + size * 0.008);
            let ripple = 0.35 + 0.65 * noise(x * 26.0, y * 120.0);
            colour = glow(colour, light, (-near * near).exp() * ripple * (1.15 - y) * 0.8);
        }
    }
    let roofs = horizon - 0.02 - 0.05 * noise((x * 22.0).floor(), 2.0);
    if y < horizon && y > roofs { mix(colour, rgb(0x050a17), 0.75) } else { colour }
}

fn tram(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let horizon = 0.6;
    if y > horizon {
        let depth = 0.06 / (y - horizon + 0.004);
        let line =
            |value: f32, width: f32| below(-(value.fract() - 0.5).abs(), -0.5 + width, 0.03 + width * 0.5);
        let across = line((x - 0.5) * depth * 9.0 + 100.5, 0.02 * depth.min(3.0) + 0.02);
        let along = line(depth * 2.2 + 100.0, 0.03 * depth.min(4.0) + 0.02);
        let ground = mix(rgb(0x3a0d4d), rgb(0x0a041a), (y - horizon) * 2.4);
        return mix(ground, rgb(0xff4fd8), across.max(along) * (0.25 + (y - horizon) * 2.0));
    }
    let mut colour = mix(rgb(0x0b0526), rgb(0xb02a7d), (y / horizon).powf(1.7));
    for [sx, sy, size, _] in dots {
        let star = distance(x, y, *sx, sy * 0.5);
        colour = glow(
            colour,
            [0.9, 0.9, 1.0],
            below(star, 0.0012 + size * 0.0014, 0.002) * (0.6 - y).max(0.0) * 1.6,
        );
    }
    let sun = distance(x, y, 0.5, 0.42);
    let stripe = (y - 0.36).max(0.0) * 1.9;
    let open = below(((y * 34.0).fract() - 0.5).abs(), stripe, 0.06) * f32::from(y > 0.38);
    let disc = mix(rgb(0xffe16b), rgb(0xff3d7f), (y - 0.2) * 2.6);
    colour = glow(colour, rgb(0xff5fa2), (0.36 - sun).max(0.0) * 0.7);
    mix(colour, disc, below(sun, 0.205, 0.004) * (1.0 - open))
}

fn glass(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let (mut first, mut second, mut owner) = (f32::MAX, f32::MAX, 0);
    for (number, [cx, cy, ..]) in dots[..34].iter().enumerate() {
        let away = distance(x, y, *cx, *cy);
        if away < first {
            (first, second, owner) = (away, first, number);
        } else if away < second {
            second = away;
        }
    }
    let [_, _, tone, light] = dots[owner];
    let palette = [rgb(0x052f3b), rgb(0x0e747e), rgb(0x37c2b5), rgb(0xe9f7ef), rgb(0xff8a5c)];
    let place = tone * 4.0;
    let at = (place as usize).min(3);
    let mut colour = mix(palette[at], palette[at + 1], place - at as f32);
    // Each shard catches the light from another side.
    let angle = light * std::f32::consts::TAU;
    colour =
        glow(colour, [1.0; 3], ((x - 0.5) * angle.cos() + (y - 0.5) * angle.sin()) * 0.35 - first * 0.35);
    mix(rgb(0x031820), colour, below(-(second - first), -0.007, 0.005))
}

fn river(x: f32, y: f32, _: &[[f32; 4]]) -> Colour {
    let bend = (hills(x * 1.6, y * 1.6) - 0.5) * 0.9 + (y * 3.0 + 0.4).sin() * 0.16;
    let across = x + bend - 0.5;
    let flow = (across * 58.0 + hills(x * 3.0, y * 3.0) * 9.0).sin() * 0.5 + 0.5;
    let water = mix(rgb(0x102a43), rgb(0x3d7ea6), flow);
    let water = mix(water, rgb(0xd9edf2), ((flow - 0.86) * 5.0).max(0.0) * 0.7);
    let bank = mix(rgb(0xe8c07d), rgb(0x8a5a44), (across.abs() - 0.2) * 2.4);
    let bank =
        mix(bank, rgb(0x4a2f27), below(((across.abs() * 34.0).fract() - 0.5).abs(), 0.07, 0.06) * 0.35);
    mix(bank, water, below(across.abs(), 0.21, 0.01))
}

fn desert(x: f32, y: f32, dots: &[[f32; 4]]) -> Colour {
    let mut colour = mix(rgb(0x122b39), rgb(0xe89f5e), y * 1.5);
    for [sx, sy, size, _] in &dots[..30] {
        let star = distance(x, y, *sx, sy * 0.35);
        colour =
            glow(colour, [0.8; 3], below(star, 0.001 + size * 0.0012, 0.002) * (0.35 - y).max(0.0) * 2.5);
    }
    colour = mix(colour, rgb(0xffeac2), below(distance(x, y, 0.3, 0.3), 0.09, 0.004));
    // The waves of a station beyond the horizon.
    let far = distance(x, y, 0.74, 0.62);
    let ring = below(((far * 15.0).fract() - 0.5).abs(), 0.055, 0.05);
    colour = mix(colour, rgb(0xfff0d6), ring * (0.5 - far).max(0.0) * 1.5);
    let mast = (x - 0.74).abs();
    colour = mix(
        colour,
        rgb(0x3c1c1a),
        below(mast, (y - 0.4).max(0.0) * 0.05 + 0.0012, 0.002) * f32::from(y > 0.42),
    );
    for (number, (light, shade)) in
        [(0xd97b45, 0xa84f32), (0xb85a36, 0x7d3427), (0x7a3528, 0x3c1c1a)].into_iter().enumerate()
    {
        let depth = number as f32;
        let crest = 0.62 + depth * 0.12 + ((x * (2.6 - depth * 0.5) + depth * 1.7) * 2.4).sin() * 0.05;
        let dune = mix(rgb(light), rgb(shade), (y - crest) * 4.5 + noise(x * 3.0 + depth, y * 40.0) * 0.25);
        colour = mix(dune, colour, below(y, crest, 0.004));
    }
    colour
}
