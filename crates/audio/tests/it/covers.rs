//! Pictures of every kind we take, and pictures made to explode.

use crate::fixtures;
use audio::{ARTWORK_SIDES, AudioError, Limits, WorkerCommand, WorkerLimits, Workers, artwork};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use std::io::Cursor;

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left quarter red, the rest blue.
fn wide() -> DynamicImage {
    let pixel = |x, _| if x < 300 { Rgba([220, 20, 20, 255]) } else { Rgba([20, 40, 200, 255]) };
    DynamicImage::from(RgbaImage::from_fn(1200, 800, pixel))
}

#[test]
fn every_kind_becomes_three_square_jpegs_of_the_middle() {
    let rgb = DynamicImage::from(wide().into_rgb8());
    let kinds = [
        (wide(), ImageFormat::Png),
        (rgb.clone(), ImageFormat::Jpeg),
        (rgb, ImageFormat::WebP),
        (wide(), ImageFormat::Gif),
    ];
    for (picture, format) in kinds {
        let made = artwork(&encode(&picture, format), &Limits::default()).unwrap();
        let [red, _, blue] = made.dominant_colour;
        assert!(blue > 150 && red < 60, "{format:?} {:?}", made.dominant_colour);
        assert_eq!(made.variants.iter().map(|variant| variant.side).collect::<Vec<_>>(), ARTWORK_SIDES);
        for variant in made.variants {
            let small =
                image::load_from_memory_with_format(&variant.bytes, ImageFormat::Jpeg).unwrap().into_rgb8();
            assert_eq!(
                (small.width(), small.height(), variant.pixels),
                (variant.side, variant.side, variant.side)
            );
            // 200 of the 800 middle pixels are gone on each side, so red ends at an eighth.
            let row = variant.side / 2;
            assert!(small.get_pixel(variant.side / 16, row).0[0] > 150, "{format:?}");
            assert!(small.get_pixel(variant.side / 4, row).0[2] > 150, "{format:?}");
        }
    }
}

#[test]
fn a_small_picture_is_not_enlarged_and_what_is_transparent_is_white() {
    let glass = DynamicImage::from(RgbaImage::from_pixel(100, 100, Rgba([0, 0, 0, 0])));
    let made = artwork(&encode(&glass, ImageFormat::Png), &Limits::default()).unwrap();
    assert_eq!(made.variants.iter().map(|variant| variant.pixels).collect::<Vec<_>>(), [96, 100, 100]);
    assert_eq!(made.dominant_colour, [255, 255, 255]);
}

#[test]
fn picture_bombs_are_refused_by_their_header() {
    for bomb in [fixtures::png_bomb(60_000), fixtures::jpeg_bomb(), fixtures::GIF_BOMB.to_vec()] {
        let refused = artwork(&bomb, &Limits::default());
        assert!(
            matches!(refused, Err(AudioError::TooLarge { .. } | AudioError::Damaged { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn programs_and_nonsense_are_not_pictures() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    assert!(matches!(artwork(svg, &Limits::default()), Err(AudioError::Unsupported { .. })));
    assert!(matches!(artwork(b"", &Limits::default()), Err(AudioError::Unsupported { .. })));
    let whole = encode(&wide(), ImageFormat::Png);
    assert!(matches!(
        artwork(&whole[..whole.len() / 2], &Limits::default()),
        Err(AudioError::Damaged { .. })
    ));
}

#[tokio::test]
async fn a_worker_returns_the_same_artwork() {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_audio-worker").into(), args: Vec::new() };
    let workers = Workers::new(command, 1, WorkerLimits::default());
    let bytes = encode(&wide(), ImageFormat::Png);
    assert_eq!(workers.artwork(&bytes).await, artwork(&bytes, &Limits::default()));
    let large = vec![0xff; 11 << 20];
    assert!(matches!(workers.artwork(&large).await, Err(AudioError::TooLarge { .. })));
    assert!(workers.artwork(&fixtures::png_bomb(60_000)).await.is_err());
}
