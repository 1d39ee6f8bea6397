"""GLSL of the heads: one program for all materials, and one for the shadow map."""

MATERIALS = {"skin": 0, "lining": 1, "gum": 2, "tooth": 3, "eye": 4, "lash": 5, "hair": 6, "cloth": 7}

SHADOW_VERTEX = """
#version 330
uniform mat4 light_view;
in vec3 position;
void main() { gl_Position = light_view * vec4(position, 1.0); }
"""

SHADOW_FRAGMENT = """
#version 330
void main() {}
"""

VERTEX = """
#version 330
uniform mat4 view;
uniform mat4 light_view;
in vec3 position;
in vec3 normal;
in vec2 texture_place;
// eyes: direction from the eye's middle at rest; hair: layer, cover; mouth: depth behind the lips
in vec3 local;
in float material;
out vec3 world;
out vec3 facing;
out vec2 place;
out vec3 inner;
out vec4 in_light;
flat out int kind;
void main() {
  gl_Position = view * vec4(position, 1.0);
  world = position;
  facing = normal;
  place = texture_place;
  inner = local;
  in_light = light_view * vec4(position, 1.0);
  kind = int(material + 0.5);
}
"""

FRAGMENT = """
#version 330
uniform sampler2D skin;        // rgb: albedo, a: height
uniform sampler2D noise;       // r: fine, g: strands, b: cloth
uniform sampler2DShadow shadow;
uniform vec3 camera;
uniform vec3 key_direction;
uniform vec3 key_colour;
uniform vec3 fill_direction;
uniform vec3 fill_colour;
uniform vec3 sky;
uniform vec3 ground;
uniform vec3 skin_gain;
uniform vec3 lips;
uniform vec3 iris;
uniform vec3 hair;
uniform vec3 cloth;
uniform vec3 enamel;
uniform float gloss;
uniform float pores;
uniform float parted;          // how far the mouth is open, 0..1
uniform float iris_size;       // cosine of the iris's edge
in vec3 world;
in vec3 facing;
in vec2 place;
in vec3 inner;
in vec4 in_light;
flat in int kind;
out vec4 colour;

vec3 linear(vec3 srgb) { return pow(srgb, vec3(2.2)); }

float lit() {
  vec3 p = 0.5 + 0.5 * in_light.xyz;
  float sum = 0.0;
  for (int i = -1; i <= 1; i++)
    for (int j = -1; j <= 1; j++)
      sum += texture(shadow, vec3(p.xy + vec2(i, j) * 0.004, p.z - 0.006));
  return sum / 9.0;
}

/** Bumps after Mikkelsen 2010: heights in centimetres, from screen-space derivatives. */
vec3 bumped(vec3 n, float height) {
  vec3 dx = dFdx(world), dy = dFdy(world);
  vec3 r1 = cross(dy, n), r2 = cross(n, dx);
  float det = dot(dx, r1);
  vec3 gradient = sign(det) * (dFdx(height) * r1 + dFdy(height) * r2);
  return normalize(abs(det) * n - gradient);
}

void main() {
  vec3 n = normalize(facing);
  vec3 eye = normalize(camera - world);
  if (dot(n, eye) < 0.0 && (kind == 6 || kind == 7 || kind == 5)) n = -n;
  vec3 albedo = vec3(0.5);
  float shine = 0.0, power = 20.0, occlusion = 1.0, soft = 0.0, alpha = 1.0;
  if (kind == 0) {
    vec4 paint = texture(skin, place);
    float fine = texture(noise, place * 14.0).r;
    n = bumped(n, 0.35 * (paint.a - 0.5) + pores * 0.03 * (fine - 0.5));
    albedo = linear(paint.rgb) * skin_gain;
    shine = gloss * (0.6 + 0.8 * fine); power = 18.0; soft = 1.0;
  } else if (kind <= 3) {
    float deep = inner.x;
    occlusion = exp(-0.5 * deep) * mix(0.6, 1.0, parted);
    if (kind == 1) {
      albedo = mix(linear(lips), vec3(0.13, 0.025, 0.02), clamp(deep * 1.2, 0.0, 1.0));
      shine = 0.15; power = 30.0;
    }
    if (kind == 2) { albedo = vec3(0.32, 0.085, 0.075); shine = 0.12; power = 40.0; }
    if (kind == 3) { albedo = linear(enamel); shine = 0.35; power = 60.0; }
  } else if (kind == 4) {
    vec3 d = normalize(inner);
    float c = d.z;
    float edge = smoothstep(iris_size - 0.012, iris_size + 0.012, c);
    float radius = sqrt(max(0.0, 1.0 - c * c)) / sqrt(1.0 - iris_size * iris_size);
    float angle = atan(d.y, d.x);
    float spokes = texture(noise, vec2(angle * 1.27, radius * 0.35)).r;
    vec3 ring = linear(iris) * (0.55 + 0.9 * spokes) * (1.25 - 0.75 * smoothstep(0.75, 1.0, radius));
    ring *= mix(1.35, 0.8, smoothstep(-0.6, 0.8, d.y * 2.0));
    ring = mix(vec3(0.004), ring, smoothstep(0.34, 0.42, radius));
    float veins = texture(noise, d.xy * 2.0).r;
    vec3 white = vec3(0.62, 0.56, 0.53) * (0.94 + 0.1 * veins);
    white *= mix(1.0, 0.75, smoothstep(0.3, 0.9, abs(d.x)));
    albedo = mix(white, ring, edge);
    // Lids and lashes shade the upper part of the ball.
    occlusion = mix(1.0, 0.42, smoothstep(0.05, 0.42, (n.y + 0.12)));
    shine = 2.2; power = 350.0;
  } else if (kind == 5) {
    albedo = min(linear(hair) * 0.4, vec3(0.02, 0.015, 0.012)); alpha = 0.28;
  } else if (kind == 6) {
    float strand = texture(noise, place * vec2(9.0, 1.6)).g;
    float lock = texture(noise, place * vec2(2.2, 0.35)).g;
    float reach = 0.55 * strand + 0.65 * lock;
    alpha = smoothstep(inner.x - 0.1, inner.x + 0.2, reach * 1.15);
    alpha *= smoothstep(0.02, 0.3, inner.y * (0.6 + strand));
    albedo = linear(hair) * (0.35 + 1.1 * strand) * (0.55 + 0.45 * inner.x + 0.3 * lock);
    shine = 0.22 * (0.3 + strand); power = 14.0; occlusion = 0.55 + 0.45 * inner.x;
  } else {
    float weave = texture(noise, place * 6.0).b;
    n = bumped(n, 0.08 * (weave - 0.5));
    albedo = linear(cloth) * (0.8 + 0.35 * weave);
  }
  if (alpha < 0.12) discard;
  float visible = lit();
  vec3 total = mix(ground, sky, 0.5 + 0.5 * n.y) * occlusion;
  float wrapped = dot(n, key_direction);
  // Light that went through skin comes out red beyond the terminator (Green 2004).
  vec3 through = soft * vec3(0.35, 0.12, 0.07);
  vec3 diffuse = clamp((vec3(wrapped) + through) / (1.0 + through), 0.0, 1.0);
  total += key_colour * diffuse * mix(1.0, occlusion, 0.6) * mix(0.12 * soft, 1.0, visible);
  total += fill_colour * clamp(0.3 + 0.7 * dot(n, fill_direction), 0.0, 1.0) * occlusion;
  vec3 shiny = vec3(0.0);
  vec3 halfway = normalize(key_direction + eye);
  shiny += key_colour * pow(max(0.0, dot(n, halfway)), power) * visible;
  halfway = normalize(fill_direction + eye);
  shiny += fill_colour * pow(max(0.0, dot(n, halfway)), power);
  float fresnel = 0.35 + 0.65 * pow(1.0 - max(0.0, dot(n, eye)), 4.0);
  vec3 result = albedo * total + 0.35 * shine * shiny * fresnel * occlusion;
  result = result / (0.75 + 0.4 * result);
  colour = vec4(pow(clamp(result, 0.0, 1.0), vec3(1.0 / 2.2)), alpha);
}
"""
