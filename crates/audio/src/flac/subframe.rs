//! One channel of one frame: the predictor that leaves least, and the residual in Rice codes.

use super::bits::BitWriter;

const ORDER_MAX: usize = 4;
/// At most 2⁶ partitions, each with a parameter of its own.
const PARTITION_ORDER_MAX: u32 = 6;
/// Parameters up to this fit the four bits of the usual coding; five bits hold up to 30.
const PARAMETER_SHORT_MAX: u32 = 14;
const PARAMETER_MAX: u32 = 30;

/// Replaces two channels by the pair that codes shortest and returns its number in the frame header: left and right
/// (1), left and side (8), side and right (9), mid and side (10).
pub(super) fn decorrelate(left: &mut [i32], right: &mut [i32]) -> u32 {
    let (mut costs, mut before) = ([0u64; 4], [[0i64; 2]; 4]);
    for (&left, &right) in left.iter().zip(right.iter()) {
        let (l, r) = (i64::from(left), i64::from(right));
        for ((cost, [one, two]), now) in costs.iter_mut().zip(&mut before).zip([l, r, (l + r) >> 1, l - r]) {
            *cost += (now - 2 * *one + *two).unsigned_abs();
            (*two, *one) = (*one, now);
        }
    }
    let [l, r, mid, side] = costs;
    let choices = [(l + r, 1), (l + side, 8), (side + r, 9), (mid + side, 10)];
    let assignment =
        choices.into_iter().min_by_key(|(cost, _)| *cost).map_or(1, |(_, assignment)| assignment);
    for (left, right) in left.iter_mut().zip(right) {
        let (l, r) = (*left, *right);
        (*left, *right) = match assignment {
            8 => (l, l - r),
            9 => (l - r, r),
            10 => ((l + r) >> 1, l - r),
            _ => (l, r),
        };
    }
    assignment
}

/// Writes the samples of a channel, which have `bits` bits.
pub(super) fn write(out: &mut BitWriter, samples: &[i32], bits: u32) {
    let first = samples.first().copied().unwrap_or(0);
    if samples.iter().all(|&sample| sample == first) {
        out.put(0, 8);
        return out.put(first.cast_unsigned(), bits);
    }
    let mut residual = Vec::with_capacity(samples.len());
    let order = best_order(samples);
    predict(samples, order, &mut residual);
    let coding = Coding::best(&residual, samples.len(), order);
    if coding.bits + u64::from(bits) * order as u64 >= u64::from(bits) * samples.len() as u64 {
        out.put(0b10, 8);
        return samples.iter().for_each(|sample| out.put(sample.cast_unsigned(), bits));
    }
    out.put(0b1_0000 | (order as u32) << 1, 8);
    samples[..order].iter().for_each(|sample| out.put(sample.cast_unsigned(), bits));
    coding.write(out, &residual, samples.len(), order);
}

/// The order whose differences are smallest in sum.
fn best_order(samples: &[i32]) -> usize {
    let mut sums = [0u64; ORDER_MAX + 1];
    let mut last = [0i64; ORDER_MAX];
    for (at, &sample) in samples.iter().enumerate() {
        let mut difference = i64::from(sample);
        for order in 0..=ORDER_MAX {
            if at >= ORDER_MAX {
                sums[order] += difference.unsigned_abs();
            }
            if order < ORDER_MAX {
                (last[order], difference) = (difference, difference - last[order]);
            }
        }
    }
    let orders = 0..=ORDER_MAX.min(samples.len() - 1);
    orders.min_by_key(|&order| sums[order]).unwrap_or(0)
}

/// What is left of each sample after the first `order`, folded to be positive: 0, -1, 1, -2, …
fn predict(samples: &[i32], order: usize, residual: &mut Vec<u32>) {
    let fold = |value: i32| (value << 1 ^ value >> 31).cast_unsigned();
    match order {
        0 => residual.extend(samples.iter().map(|&sample| fold(sample))),
        1 => residual.extend(samples.array_windows().map(|&[a, b]| fold(b - a))),
        2 => residual.extend(samples.array_windows().map(|&[a, b, c]| fold(c - 2 * b + a))),
        3 => residual.extend(samples.array_windows().map(|&[a, b, c, d]| fold(d - 3 * c + 3 * b - a))),
        _ => residual
            .extend(samples.array_windows().map(|&[a, b, c, d, e]| fold(e - 4 * d + 6 * c - 4 * b + a))),
    }
}

/// How a residual is cut into partitions, and the parameter of each.
struct Coding {
    partition_order: u32,
    parameters: Vec<u32>,
    bits: u64,
}

impl Coding {
    fn best(residual: &[u32], count: usize, order: usize) -> Self {
        let possible = |partition_order: &u32| {
            count.is_multiple_of(1 << partition_order) && count >> partition_order > order
        };
        let finest = (0..=PARTITION_ORDER_MAX).rev().find(possible).unwrap_or(0);
        let mut sums: Vec<u64> = partitions(residual, finest, count, order)
            .map(|part| part.iter().map(|&value| u64::from(value)).sum())
            .collect();
        let mut best: Option<Self> = None;
        for partition_order in (0..=finest).rev() {
            let len = (count >> partition_order) as u64;
            let mut bits = 6;
            let parameters = sums.iter().enumerate().map(|(at, &sum)| {
                let (parameter, cost) = parameter(sum, len - if at == 0 { order as u64 } else { 0 });
                bits += cost;
                parameter
            });
            let parameters: Vec<u32> = parameters.collect();
            if best.as_ref().is_none_or(|best| bits < best.bits) {
                best = Some(Self { partition_order, parameters, bits });
            }
            sums = sums.chunks(2).map(|pair| pair.iter().sum()).collect();
        }
        best.unwrap_or(Self { partition_order: 0, parameters: vec![PARAMETER_MAX], bits: u64::MAX })
    }

    fn write(&self, out: &mut BitWriter, residual: &[u32], count: usize, order: usize) {
        let long = self.parameters.iter().any(|&parameter| parameter > PARAMETER_SHORT_MAX);
        out.put(u32::from(long), 2);
        out.put(self.partition_order, 4);
        let parts = partitions(residual, self.partition_order, count, order);
        for (part, &parameter) in parts.zip(&self.parameters) {
            out.put(parameter, if long { 5 } else { 4 });
            for &value in part {
                out.put_unary(value >> parameter);
                out.put(value, parameter);
            }
        }
    }
}

/// The parts of a residual: equally long in samples, so that the first lacks those that start the predictor.
fn partitions(
    residual: &[u32],
    partition_order: u32,
    count: usize,
    order: usize,
) -> impl Iterator<Item = &[u32]> {
    let len = count >> partition_order;
    (0..1 << partition_order)
        .map(move |at| &residual[(at * len).saturating_sub(order)..(at + 1) * len - order])
}

/// The parameter that codes `count` values of this sum shortest, and the bits it takes, as closely as the sum can tell.
fn parameter(sum: u64, count: u64) -> (u32, u64) {
    let cost = |parameter: u32| 5 + count * (u64::from(parameter) + 1) + (sum >> parameter);
    let guess = sum.checked_div(count).map_or(0, |mean| mean.checked_ilog2().unwrap_or(0));
    let near = guess.saturating_sub(1)..=(guess + 1).min(PARAMETER_MAX);
    near.map(|parameter| (parameter, cost(parameter))).min_by_key(|(_, cost)| *cost).unwrap_or((0, 0))
}
