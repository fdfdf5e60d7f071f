//! Covers: strangers' pictures become square JPEGs of three sizes and one colour. The header is held against the
//! limits before anything is decoded, because a picture of a few kilobytes can claim gigabytes.

use crate::{AudioError, Limits, PictureKind};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// The sides in pixels of the squares that are made.
pub const ARTWORK_SIDES: [u32; 3] = [96, 320, 640];
const JPEG_QUALITY: u8 = 85;
/// What the decoder may allocate for each pixel: eight bytes for the widest, as much again for its work.
const BYTES_PER_PIXEL_MAX: u64 = 16;

/// A cover in the sizes that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artwork {
    /// One for each of [`ARTWORK_SIDES`], smallest first.
    pub variants: Vec<ArtworkVariant>,
    /// The colour to show behind it: red, green, blue.
    pub dominant_colour: [u8; 3],
}

/// A square JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtworkVariant {
    /// For which of [`ARTWORK_SIDES`] it is.
    pub side: u32,
    /// The side it really has: smaller when the source was.
    pub pixels: u32,
    /// The JPEG.
    pub bytes: Vec<u8>,
}

/// What crosses the pipe besides the bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ArtworkHeader {
    pub(crate) dominant_colour: [u8; 3],
    /// Side, pixels and length of each variant.
    pub(crate) variants: Vec<(u32, u32, usize)>,
}

/// Decodes a JPEG, PNG, WebP or GIF (its first picture), cuts the middle square and scales it. Never enlarges.
///
/// # Errors
/// [`AudioError::Unsupported`] for other kinds, [`AudioError::TooLarge`] beyond `picture_pixels_max` or
/// `picture_bytes_max`, [`AudioError::Damaged`].
pub fn artwork(bytes: &[u8], limits: &Limits) -> Result<Artwork, AudioError> {
    if bytes.len() > limits.picture_bytes_max {
        let limit = limits.picture_bytes_max as u64;
        return Err(AudioError::too_large("picture bytes", bytes.len() as u64, limit));
    }
    let format = match PictureKind::of(bytes) {
        Some(PictureKind::Jpeg) => ImageFormat::Jpeg,
        Some(PictureKind::Png) => ImageFormat::Png,
        Some(PictureKind::WebP) => ImageFormat::WebP,
        Some(PictureKind::Gif) => ImageFormat::Gif,
        None => return Err(AudioError::unsupported("this kind of picture")),
    };
    let broken = |error: image::ImageError| AudioError::damaged(error.to_string());
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(broken)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > limits.picture_pixels_max {
        return Err(AudioError::too_large("picture pixels", pixels, limits.picture_pixels_max));
    }
    let mut decoding = image::Limits::default();
    (decoding.max_image_width, decoding.max_image_height) = (Some(width), Some(height));
    decoding.max_alloc = Some(pixels * BYTES_PER_PIXEL_MAX + (8 << 20));
    let mut reader = reader();
    reader.limits(decoding);
    let square = square(reader.decode().map_err(broken)?);
    let dominant_colour = dominant(&square);
    let variants = ARTWORK_SIDES.into_iter().rev().scan(square, |source, side| {
        // Each size is made from the next larger one, which is faster and looks the same.
        *source = shrink(source, side);
        let mut bytes = Vec::new();
        let encoded = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(source);
        Some(encoded.map(|()| ArtworkVariant { side, pixels: source.width(), bytes }).map_err(broken))
    });
    let mut variants = variants.collect::<Result<Vec<_>, _>>()?;
    variants.reverse();
    Ok(Artwork { variants, dominant_colour })
}

/// The middle square, on white where it is transparent, and not much larger than the largest size needs.
fn square(picture: DynamicImage) -> RgbImage {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let picture = picture.crop_imm(left, top, side, side);
    let enough = ARTWORK_SIDES[2] * 2;
    let picture = if side > enough { picture.thumbnail_exact(enough, enough) } else { picture };
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let blend =
            |part: u8| ((u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255) as u8;
        Rgb([blend(red), blend(green), blend(blue)])
    })
}

fn shrink(source: &RgbImage, side: u32) -> RgbImage {
    if source.width() <= side {
        return source.clone();
    }
    image::imageops::resize(source, side, side, FilterType::CatmullRom)
}

/// The mean of the most frequent colours, where strong colours count more than grey ones.
fn dominant(picture: &RgbImage) -> [u8; 3] {
    let small = image::imageops::thumbnail(picture, 48.min(picture.width()), 48.min(picture.height()));
    // Weight and weighted sums of each of 8 × 8 × 8 colours.
    let mut colours = vec![(0u64, [0u64; 3]); 512];
    for pixel in small.pixels() {
        let [red, green, blue] = pixel.0;
        let chroma = red.max(green).max(blue) - red.min(green).min(blue);
        let weight = 16 + u64::from(chroma);
        let slot = usize::from(red >> 5) << 6 | usize::from(green >> 5) << 3 | usize::from(blue >> 5);
        let (total, sums) = &mut colours[slot];
        *total += weight;
        sums.iter_mut().zip(pixel.0).for_each(|(sum, part)| *sum += weight * u64::from(part));
    }
    let (total, sums) = colours.into_iter().max_by_key(|(total, _)| *total).unwrap_or((1, [0; 3]));
    sums.map(|sum| (sum / total.max(1)) as u8)
}
