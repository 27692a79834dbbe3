//! Distance of every pixel to the mask's edge.

/// Signed distance in pixels to the nearest pixel of the other kind: above 0 inside the mask, below 0 outside.
/// A pixel at the edge has 1 or −1; infinite where the other kind does not occur.
pub(crate) fn signed(mask: &[bool], width: usize) -> Vec<f32> {
    let inside = squared(mask, width, false);
    let outside = squared(mask, width, true);
    inside.iter().zip(&outside).map(|(i, o)| i.sqrt() - o.sqrt()).collect()
}

/// Squared distance to the nearest pixel that has `value`.
/// Source: Felzenszwalb and Huttenlocher 2012, <https://doi.org/10.4086/toc.2012.v008a019>.
fn squared(mask: &[bool], width: usize, value: bool) -> Vec<f32> {
    let height = mask.len() / width;
    let mut field: Vec<f32> = mask.iter().map(|&m| if m == value { 0.0 } else { f32::INFINITY }).collect();
    let mut column = vec![0.0; height];
    for x in 0..width {
        for y in 0..height {
            column[y] = field[y * width + x];
        }
        for (y, d) in envelope(&column).into_iter().enumerate() {
            field[y * width + x] = d;
        }
    }
    for row in field.chunks_mut(width) {
        let new = envelope(row);
        row.copy_from_slice(&new);
    }
    field
}

/// Lower envelope of the parabolas f(q) + (x − q)².
fn envelope(f: &[f32]) -> Vec<f32> {
    let mut vertices: Vec<usize> = Vec::new();
    let mut starts: Vec<f32> = Vec::new();
    for q in 0..f.len() {
        if f[q].is_infinite() {
            continue;
        }
        let mut start = f32::NEG_INFINITY;
        while let Some(&v) = vertices.last() {
            let crossing =
                ((f[q] + (q * q) as f32) - (f[v] + (v * v) as f32)) / (2.0 * (q as f32 - v as f32));
            if crossing <= starts[starts.len() - 1] {
                vertices.pop();
                starts.pop();
            } else {
                start = crossing;
                break;
            }
        }
        vertices.push(q);
        starts.push(start);
    }
    if vertices.is_empty() {
        return vec![f32::INFINITY; f.len()];
    }
    let mut k = 0;
    (0..f.len())
        .map(|x| {
            while k + 1 < vertices.len() && starts[k + 1] < x as f32 {
                k += 1;
            }
            let d = x as f32 - vertices[k] as f32;
            f[vertices[k]] + d * d
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_counted_by_hand() {
        // One pixel set in the middle of 5 × 5.
        let mut mask = vec![false; 25];
        mask[12] = true;
        let distance = signed(&mask, 5);
        assert!((distance[12] - 1.0).abs() < 1e-6 && (distance[11] + 1.0).abs() < 1e-6);
        assert!((distance[0] + 8.0_f32.sqrt()).abs() < 1e-6, "{}", distance[0]);
        assert!((distance[1] + 5.0_f32.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn every_distance_agrees_with_trying_all_pixels() {
        let mask: Vec<bool> = (0..11 * 7).map(|i| (i * 37 + i / 5) % 4 == 0).collect();
        let found = signed(&mask, 11);
        for (i, &d) in found.iter().enumerate() {
            let (x, y) = ((i % 11) as f32, (i / 11) as f32);
            let nearest = (0..77)
                .filter(|&j| mask[j] != mask[i])
                .map(|j| ((j % 11) as f32 - x).hypot((j / 11) as f32 - y))
                .fold(f32::INFINITY, f32::min);
            assert!((d.abs() - nearest).abs() < 1e-5 && (d > 0.0) == mask[i], "pixel {i}: {d}, {nearest}");
        }
    }
}
